using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>The reporting service of the contract, with messages of our own reading; else as generated.</summary>
/// <remarks>Its method for many reports is bound apart: the library limits messages by class, and that one takes more.</remarks>
[BindServiceMethod(typeof(ReportingServiceBinding), nameof(BindService))]
internal abstract class ReportingServiceBinding
{
    private static readonly Method<Received<SubmittedReport>, Wire.SubmitReportResponse> SubmitReportMethod = Unary(
        nameof(SubmitReport), ReportingMessages.Report, ReportingMessages.Of(Wire.SubmitReportResponse.Parser));

    private static readonly Method<Wire.GetFieldRegisterRequest, Wire.GetFieldRegisterResponse> GetFieldRegisterMethod = Unary(
        nameof(GetFieldRegister), ReportingMessages.Of(Wire.GetFieldRegisterRequest.Parser),
        ReportingMessages.Of(Wire.GetFieldRegisterResponse.Parser));

    /// <summary>Found by this name: reflection tells clients of the service by it.</summary>
    public static Google.Protobuf.Reflection.ServiceDescriptor Descriptor => Wire.ReportingService.Descriptor;

    public abstract Task<Wire.SubmitReportResponse> SubmitReport(
        Received<SubmittedReport> report, ServerCallContext context);

    public abstract Task<Wire.GetFieldRegisterResponse> GetFieldRegister(
        Wire.GetFieldRegisterRequest request, ServerCallContext context);

    /// <summary>Called with a service of null by the library, which then calls a method of that name on its own.</summary>
    public static void BindService(ServiceBinderBase binder, ReportingServiceBinding? service)
    {
        binder.AddMethod(SubmitReportMethod, service is null ? null : service.SubmitReport);
        binder.AddMethod(GetFieldRegisterMethod, service is null ? null : service.GetFieldRegister);
    }

    public static Method<TRequest, TResponse> Unary<TRequest, TResponse>(
        string name, Marshaller<TRequest> request, Marshaller<TResponse> response)
        where TRequest : class
        where TResponse : class =>
        new(MethodType.Unary, Descriptor.FullName, name, request, response);
}

/// <summary>The method of the reporting service that takes many reports.</summary>
[BindServiceMethod(typeof(ReportBatchServiceBinding), nameof(BindService))]
internal abstract class ReportBatchServiceBinding
{
    private static readonly Method<Received<IReadOnlyList<SubmittedReport>>, Wire.SubmitReportsResponse> SubmitReportsMethod = ReportingServiceBinding.Unary(
        nameof(SubmitReports), ReportingMessages.Reports, ReportingMessages.Of(Wire.SubmitReportsResponse.Parser));

    public abstract Task<Wire.SubmitReportsResponse> SubmitReports(
        Received<IReadOnlyList<SubmittedReport>> reports, ServerCallContext context);

    /// <inheritdoc cref="ReportingServiceBinding.BindService"/>
    public static void BindService(ServiceBinderBase binder, ReportBatchServiceBinding? service) =>
        binder.AddMethod(SubmitReportsMethod, service is null ? null : service.SubmitReports);
}
