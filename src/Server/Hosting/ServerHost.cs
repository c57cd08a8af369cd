using System.Reflection;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Telemetry.DataFiles;
using Telemetry.Server.Access;
using Telemetry.Server.Admin;
using Telemetry.Server.Audit;
using Telemetry.Server.Backups;
using Telemetry.Server.Callers;
using Telemetry.Server.Compatibility;
using Telemetry.Server.Demo;
using Telemetry.Server.Export;
using Telemetry.Server.Feed;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Insights;
using Telemetry.Server.Licensing;
using Telemetry.Server.OpenApi;
using Telemetry.Server.OwnData;
using Telemetry.Server.Privacy;
using Telemetry.Server.Retention;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;
using Telemetry.Server.Transcoding;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Hosting;

/// <summary>Composes the server from its features.</summary>
internal static class ServerHost
{
    private const int MaxMessageBytes = 72 * 1024;
    private const int MaxBatchBytes = 4 * 1024 * 1024;
    private const string ProcessCheck = "process";
    private const string InsightsCheck = "insights";

    private static readonly string[] GrpcTrailers = ["grpc-status", "grpc-message", "grpc-status-details-bin"];

    /// <param name="commandLine">What was asked for.</param>
    /// <param name="customise">For tests: another clock, another store, log capture.</param>
    /// <exception cref="UsageException">The configuration is wrong.</exception>
    /// <exception cref="CertificateException">The certificate cannot be used.</exception>
    public static WebApplication Build(CommandLine commandLine, Action<WebApplicationBuilder>? customise = null)
    {
        // Unlike the default builder this one reads nothing by itself: no ASPNETCORE_URLS, no appsettings.
        // It serves its own files alone, so the directory it is started in need not be readable.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "Telemetry.Server", ContentRootPath = AppContext.BaseDirectory });
        // Where they lie while the server runs from its build; what is published has them beside it.
        builder.WebHost.UseStaticWebAssets();
        ServerConfiguration.Read(builder.Configuration, commandLine);
        // Else a build that was not published takes every path for that of a file, and answers 405 where there is nothing.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        builder.Logging.AddTelemetryLogging(builder.Configuration);
        AddOptions(builder);
        AddKestrel(builder, commandLine.Demo);
        AddFeatures(builder.Services);
        if (commandLine.Demo)
        {
            builder.Services.AddDemoFleet(provider => provider.GetRequiredService<IOptions<ServerOptions>>().Value.Data);
        }

        customise?.Invoke(builder);
        var app = builder.Build();
        Map(app);
        return app;
    }

    private static void AddOptions(WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        builder.Services.Configure<ServerOptions>(configuration.GetSection(ServerOptions.Section));
        builder.Services.AddOptionsWithValidateOnStart<IngestionOptions, IngestionOptionsValidator>()
            .Bind(configuration.GetSection(IngestionOptions.Section));
        builder.Services.AddOptionsWithValidateOnStart<LicensingOptions, LicensingOptionsValidator>()
            .Bind(configuration.GetSection(LicensingOptions.Section));
        builder.Services.AddOptionsWithValidateOnStart<RetentionOptions, RetentionOptionsValidator>()
            .Bind(configuration.GetSection(RetentionOptions.Section));
        builder.Services.AddOptionsWithValidateOnStart<LimitOptions, LimitOptionsValidator>()
            .Bind(configuration.GetSection(LimitOptions.Section));
        builder.Services.AddOptionsWithValidateOnStart<AccessOptions, AccessOptionsValidator>()
            .Bind(configuration.GetSection(AccessOptions.Section));
        builder.Services.Configure<AppsOptions>(configuration.GetSection(AppsOptions.Section));
        builder.Services.AddOptionsWithValidateOnStart<FeedOptions, FeedOptionsValidator>()
            .Bind(configuration.GetSection(FeedOptions.Section));
        builder.Services.AddOptionsWithValidateOnStart<AuditOptions, AuditOptionsValidator>()
            .Bind(configuration.GetSection(AuditOptions.Section));
        builder.Services.AddOptionsWithValidateOnStart<BackupOptions, BackupOptionsValidator>()
            .Bind(configuration.GetSection(BackupOptions.Section));
        builder.Services.AddOptionsWithValidateOnStart<InsightsOptions, InsightsOptionsValidator>()
            .Bind(configuration.GetSection(InsightsOptions.Section));
        builder.Services.Configure<HostOptions>(host =>
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost);
        var origins = (configuration.GetSection(CorsOptions.Section).Get<CorsOptions>() ?? new CorsOptions()).NormalizedOrigins();
        builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .WithMethods("GET", "PATCH", "POST")
            .WithHeaders(
                "authorization", "content-type", "x-grpc-web", "x-user-agent", "grpc-timeout",
                "connect-protocol-version", "connect-timeout-ms")
            .WithExposedHeaders(GrpcTrailers)));
    }

    private static void AddKestrel(WebApplicationBuilder builder, bool portsMayMove)
    {
        var server = builder.Configuration.GetSection(ServerOptions.Section).Get<ServerOptions>() ?? new ServerOptions();
        var tls = builder.Configuration.GetSection(TlsOptions.Section).Get<TlsOptions>() ?? new TlsOptions();
        var listeners = new Listeners(server, tls, portsMayMove);
        builder.Services.AddListeners(listeners);
        builder.Services.AddSingleton<IOwnAddress>(listeners);
        builder.Services.AddHostedService<CertificateRenewal>();
        builder.Services.AddRouting();
        builder.Services.AddSingleton(new TrustedProxies(builder.Configuration));
        // Before the listeners: what it says of endpoints holds for those that come after.
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ConnectionLimits>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(listeners.Configure);
    }

    private static void AddFeatures(IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton(provider => new Pseudonyms(ReadSecret(provider)));
        services.AddSingleton<AppRegistry>();
        services.AddSingleton<StoredMessages>();
        services.AddSingleton<ITelemetryStore>(OpenStore);
        services.AddCallers();
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<ClockMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<ClockMonitor>());
        services.AddLicensing(
            provider => provider.GetRequiredService<IOptions<ServerOptions>>().Value.SigningDirectory(), DataExists);
        services.AddIngestion();
        services.AddFeed();
        services.AddInsights(provider => Path.Combine(provider.GetRequiredService<IOptions<ServerOptions>>().Value.Data, DataDirectory.Insights));
        services.AddBackups(provider => provider.GetRequiredService<IOptions<ServerOptions>>().Value is var server
            ? new BackupSources(server.Data, server.SecretPath(), provider.GetRequiredService<SigningKeyFiles>().Location, SoftwareVersion)
            : null!);
        services.AddSingleton<RetentionSweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<RetentionSweeper>());
        services.AddExport();
        services.AddAudit();
        services.AddAccess();
        services.AddAdmin();
        services.AddOwnData();
        services.AddExceptionHandler<HttpAnswers>();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = MaxMessageBytes).AddTranscoding();
        services.Configure<GrpcServiceOptions<ReportBatchGrpcService>>(grpc => grpc.MaxReceiveMessageSize = MaxBatchBytes);
        // The message around the contract is a few bytes.
        services.Configure<GrpcServiceOptions<AppGrpcService>>(grpc => grpc.MaxReceiveMessageSize = 2 * AppContract.MaxBytes);
        // Compression costs more than it saves here, and a small compressed message can hide a huge one. Afterwards,
        // because the library fills an empty list with its defaults.
        services.PostConfigure<GrpcServiceOptions>(grpc => grpc.CompressionProviders.Clear());
        services.AddSingleton<CallFailures>();
        services.AddSingleton<FailureInterceptor>();
        services.Configure<GrpcServiceOptions<AccessGrpcService>>(ForTokens);
        services.Configure<GrpcServiceOptions<FeedGrpcService>>(ForTokens);
        services.Configure<GrpcServiceOptions<AdminGrpcService>>(ForTokens);
        services.Configure<GrpcServiceOptions<LicenseAdminGrpcService>>(ForTokens);
        services.Configure<GrpcServiceOptions<AppGrpcService>>(ForTokens);
        services.Configure<GrpcServiceOptions<AuditGrpcService>>(ForTokens);
        services.Configure<GrpcServiceOptions<PrivacyGrpcService>>(ForTokens);
        services.Configure<GrpcServiceOptions<BackupGrpcService>>(ForTokens);
        services.Configure<GrpcServiceOptions<InsightsGrpcService>>(ForTokens);
        services.Configure<GrpcServiceOptions<OwnDataGrpcService>>(ForProofs);
        services.AddSingleton<StopInterceptor>();
        services.Configure<GrpcServiceOptions<AlphaReflectionGrpcService>>(EndsAtStop);
        services.Configure<GrpcServiceOptions<ReflectionGrpcService>>(EndsAtStop);
        services.AddSingleton<CurrentReflection>();
        services.AddSingleton<ReflectionGrpcService>();
        services.AddSingleton<AlphaReflectionGrpcService>();
        services.AddGrpcHealthChecks(options =>
            {
                options.Services.Map(Wire.ReportingService.Descriptor.FullName, _ => true);
                options.Services.Map(Wire.LicenseService.Descriptor.FullName, _ => true);
                options.Services.Map(Wire.LicenseAdminService.Descriptor.FullName, _ => true);
                options.Services.Map(Wire.AppService.Descriptor.FullName, _ => true);
                options.Services.Map(Wire.AuditService.Descriptor.FullName, _ => true);
                options.Services.Map(Wire.PrivacyService.Descriptor.FullName, _ => true);
                options.Services.Map(Wire.BackupService.Descriptor.FullName, _ => true);
                options.Services.Map(Wire.OwnDataService.Descriptor.FullName, _ => true);
                options.Services.Map(Wire.AccessService.Descriptor.FullName, _ => true);
                // Reading works while nothing can be committed. A service without any check would count as unknown.
                options.Services.Map(Wire.FeedService.Descriptor.FullName, check => check.Name == ProcessCheck);
                options.Services.Map(Wire.AdminService.Descriptor.FullName, check => check.Name == ProcessCheck);
                options.Services.Map(Wire.InsightsService.Descriptor.FullName, check => check.Name is ProcessCheck or InsightsCheck);
            })
            .AddCheck(ProcessCheck, static () => HealthCheckResult.Healthy())
            .AddCheck<StoreHealthCheck>("store")
            .AddCheck<SigningKeyHealthCheck>("signing keys")
            .AddCheck<ClockHealthCheck>("clock")
            .AddCheck<InsightsHealthCheck>(InsightsCheck)
            .AddCheck<BackupHealthCheck>("backups");
    }

    private static void ForTokens(GrpcServiceOptions options)
    {
        options.Interceptors.Add<FailureInterceptor>();
        options.Interceptors.Add<AppLimitInterceptor>();
        options.Interceptors.Add<AuditInterceptor>();
    }

    private static void ForProofs(GrpcServiceOptions options)
    {
        options.Interceptors.Add<FailureInterceptor>();
        options.Interceptors.Add<AuditInterceptor>();
    }

    private static void EndsAtStop(GrpcServiceOptions options)
    {
        options.Interceptors.Add<FailureInterceptor>();
        options.Interceptors.Add<StopInterceptor>();
    }

    private static void Map(WebApplication app)
    {
        app.UseHttpAnswers();
        app.Services.GetRequiredService<TrustedProxies>().Use(app);
        app.UseBrokenBodies();
        app.UseRouting();
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        app.UseDashboardHeaders();
        app.UseCors();
        app.UseOriginGuard();
        app.UseRefusalDetails();
        app.Use(app.Services.GetRequiredService<RequestLimits>().InvokeAsync);
        app.UseAccess();
        app.UseUnbufferedStreams();
        app.UseHealthWatchEnd();
        app.UseTranscodedCalls();
        var contract = app.MapGroup("").WithContractAccess();
        contract.MapGrpcService<ReportingGrpcService>();
        contract.MapGrpcService<ReportBatchGrpcService>();
        contract.MapGrpcService<FeedGrpcService>();
        contract.MapGrpcService<AccessGrpcService>();
        contract.MapGrpcService<AdminGrpcService>();
        contract.MapGrpcService<AppGrpcService>();
        contract.MapGrpcService<AuditGrpcService>();
        contract.MapGrpcService<PrivacyGrpcService>();
        contract.MapGrpcService<BackupGrpcService>();
        contract.MapGrpcService<OwnDataGrpcService>();
        contract.MapGrpcService<InsightsGrpcService>();
        contract.MapGrpcService<LicenseGrpcService>();
        contract.MapGrpcService<LicenseAdminGrpcService>();
        var open = app.MapGroup("").AllowAnonymous();
        open.MapGrpcService<ReflectionGrpcService>();
        open.MapGrpcService<AlphaReflectionGrpcService>();
        open.MapGrpcHealthChecksService();
        open.MapHealthPage();
        open.MapCompatibilityEndpoints();
        OpenApiEndpoint.Map(open);
        app.MapDashboard();
    }

    private static bool DataExists(IServiceProvider services) => File.Exists(Path.Combine(
        services.GetRequiredService<IOptions<ServerOptions>>().Value.Data, StoreFiles.Data));

    private static byte[] ReadSecret(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<ServerOptions>>().Value;
        return InstallationSecret.ReadOrCreate(options.SecretPath(), DataExists(services));
    }

    private static LiteDbTelemetryStore OpenStore(IServiceProvider services)
    {
        // Secret and root key first: once something is stored, they must be there.
        var pseudonyms = services.GetRequiredService<Pseudonyms>();
        services.GetRequiredService<SigningKeyRing>();
        var options = services.GetRequiredService<IOptions<ServerOptions>>().Value;
        return LiteDbTelemetryStore.Open(
            new LiteDbStoreOptions { Directory = options.Data, SecretCheck = pseudonyms.SecretCheck },
            services.GetRequiredService<AppRegistry>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<LiteDbTelemetryStore>>());
    }

    public static string SoftwareVersion =>
        typeof(ServerHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
