using System.Diagnostics;
using System.Globalization;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>The clocks of a real process, set from outside while it runs: the time of day jumps, or time passes.</summary>
/// <remarks>
/// A small library stands before the system's own (LD_PRELOAD) and adds what a file says. Waits that have begun go on by the true
/// time: something short must end before the process sees what is due by then, such as a heartbeat.
/// </remarks>
internal sealed class SettableClock : IDisposable
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <pthread.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <time.h>

        /* Seconds to add to the time of day, and to the clock that only runs. */
        static const volatile long long *ahead;
        static int (*now_of)(clockid_t, struct timespec *);
        static int (*wait_until)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

        __attribute__((constructor)) static void begin(void)
        {
            if (now_of) return;
            wait_until = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
            if (!wait_until) wait_until = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
            now_of = dlsym(RTLD_NEXT, "clock_gettime");
            const char *name = getenv("SETTABLE_CLOCK");
            int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
            void *page = file < 0 ? MAP_FAILED : mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
            ahead = page == MAP_FAILED ? 0 : page;
        }

        int clock_gettime(clockid_t clock, struct timespec *now)
        {
            begin();
            int result = now_of(clock, now);
            if (result || !ahead) return result;
            if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += ahead[0];
            if (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_BOOTTIME) now->tv_sec += ahead[1];
            return 0;
        }

        int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
        {
            begin();
            struct timespec own = *until;
            if (ahead) own.tv_sec -= own.tv_sec > 1000000000 ? ahead[0] : ahead[1];
            return wait_until(condition, mutex, &own);
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-clock-").FullName;
    private TimeSpan _timeOfDay;
    private TimeSpan _running;

    public SettableClock()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cc"), "The clock of a real process can only be set where there is a C compiler: apt-get install gcc libc6-dev");
        var source = Path.Combine(_directory, "clock.c");
        File.WriteAllText(source, Source);
        using var compiler = Process.Start("/usr/bin/cc", ["-shared", "-fPIC", "-O1", "-o", Library, source, "-ldl"]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        File.WriteAllBytes(Setting, new byte[4_096]);
    }

    /// <summary>For the process whose clocks these are.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["LD_PRELOAD"] = Library,
        ["SETTABLE_CLOCK"] = Setting,
    };

    private string Library => Path.Combine(_directory, "clock.so");

    private string Setting => Path.Combine(_directory, "ahead");

    /// <summary>What the process takes for the time of day.</summary>
    public DateTimeOffset Now => TimeProvider.System.GetUtcNow() + _timeOfDay;

    /// <summary>Somebody sets the time of day.</summary>
    public void Jump(TimeSpan by) => Set(by, TimeSpan.Zero);

    /// <summary>Time passes.</summary>
    public void Pass(TimeSpan time) => Set(time, time);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Now:yyyy-MM-dd}");

    private void Set(TimeSpan timeOfDay, TimeSpan running)
    {
        _timeOfDay += timeOfDay;
        _running += running;
        using var setting = new FileStream(Setting, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        // In one write: both clocks, or none.
        setting.Write([.. BitConverter.GetBytes((long)_timeOfDay.TotalSeconds), .. BitConverter.GetBytes((long)_running.TotalSeconds)]);
    }
}
