using Telemetry.Dashboard.State;

namespace Telemetry.Dashboard.Tests.Pages;

public sealed class ViewTests
{
    [Fact]
    public void A_view_comes_back_from_its_address()
    {
        var view = new View
        {
            App = "roomvox",
            Window = 30,
            Days = 180,
            Compare = false,
            Filters = [new FieldCondition("environment.country", ["AT", ""]), new FieldCondition("environment.php_version", ["8.1"], Not: true, Parts: 2)],
        };

        var address = view.ApplyTo(new Address("/explore")).ToString();

        Assert.Equal("/explore?app=roomvox&active=30&days=180&compare=no&is=environment.country:AT,&not=environment.php_version@2:8.1", address);
        Assert.Equal(view, View.Of(Address.Parse(address)));
    }

    [Fact]
    public void The_usual_view_writes_nothing() => Assert.Equal("/", new View().ApplyTo(new Address("/")).ToString());

    [Theory]
    [InlineData("/?days=99999&active=x&is=&is=:AT&not=environment.php_version@9:8")]
    [InlineData("/?is")]
    public void What_an_address_says_wrongly_is_as_if_it_were_not_said(string address) => Assert.Equal(new View(), View.Of(Address.Parse(address)));

    [Fact]
    public void A_value_joins_the_condition_of_its_field()
    {
        var view = new View().Add(new FieldCondition("environment.country", ["AT"])).Add(new FieldCondition("environment.country", ["DE"]))
            .Add(new FieldCondition("environment.country", ["FR"], Not: true));

        Assert.Equal(["environment.country:AT,DE", "environment.country:FR"], view.Filters.Select(filter => filter.ToString()));
    }
}
