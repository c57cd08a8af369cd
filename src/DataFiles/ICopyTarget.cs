namespace Telemetry.DataFiles;

/// <summary>Where a copy of data goes, file by file. Names have '/' between folders, which are there already.</summary>
internal interface ICopyTarget
{
    /// <summary>Where a file is to be written; nothing is there yet.</summary>
    string PathOf(string name);

    /// <summary>Where an earlier copy has a file under the same name; null when none has.</summary>
    string? EarlierPathOf(string name);

    /// <summary>Takes the earlier copy's file over instead of writing it again; only what never changes may be.</summary>
    /// <exception cref="IOException">It can neither be taken over nor copied.</exception>
    void TakeOver(string name);

    /// <summary>Takes out again what turned out not to belong to the copy.</summary>
    void Remove(string name);
}
