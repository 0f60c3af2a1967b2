//! What each broker gets: memory, threads, disk.

use serde::{Deserialize, Serialize};
use zeebe_scalar::ByteSize;

zeebe_scalar::integer! {
    /// Threads that process work on one broker.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub CpuThreads, u16, 1..=128, 2
}

zeebe_scalar::integer! {
    /// Threads that read and write on one broker.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub IoThreads, u16, 1..=128, 2
}

zeebe_scalar::choice! {
    /// A known size of broker, with a source for its numbers.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub Preset {
        Dev = "dev" /** For a laptop: 256 MiB of heap, 16 MiB segments, one thread of each kind. Our own measure: three such brokers are ready on 2 cores in half a minute. */,
        Chart = "chart" /** What the official Helm chart 15 asks for: 1.5 GiB, 32 GiB of disk, 3 + 3 threads. */,
        Baseline = "baseline" /** What the vendor's load tests use (`sizing-self-managed.md`): 2 GiB, 64 GiB of disk, 3 + 3 threads; three brokers sustain 51 process instances a second. */,
    }
}

/// How much disk must stay free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskWatermarks {
    /// Below this the broker takes no more commands.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub processing: Option<ByteSize>,
    /// Below this the broker takes no more copies from leaders.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replication: Option<ByteSize>,
}

/// What each broker gets. What is left open comes from the preset, then from the engine's defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerSpec {
    /// The size that all else starts from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub preset: Option<Preset>,
    /// Memory of one broker's Java heap.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub memory: Option<ByteSize>,
    /// Threads that process work.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cpu_threads: Option<CpuThreads>,
    /// Threads that read and write.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub io_threads: Option<IoThreads>,
    /// Disk that one broker may count on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub disk: Option<ByteSize>,
    /// Size of one file of a partition's log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub log_segment_size: Option<ByteSize>,
    /// How much disk must stay free.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub disk_watermarks: Option<DiskWatermarks>,
}

/// A broker's size with nothing left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerSize {
    /// Memory of the Java heap.
    pub memory: ByteSize,
    /// Threads that process work.
    pub cpu_threads: CpuThreads,
    /// Threads that read and write.
    pub io_threads: IoThreads,
    /// Disk that the broker may count on.
    pub disk: ByteSize,
    /// Size of one file of a partition's log.
    pub log_segment_size: ByteSize,
}

const fn mebibytes(preset: Preset) -> (u32, u32, u32) {
    // (memory, disk, log segment), each from the source that the preset names.
    match preset {
        Preset::Dev => (256, 4 * 1024, 16),
        Preset::Chart => (1536, 32 * 1024, 128),
        Preset::Baseline => (2048, 64 * 1024, 128),
    }
}

impl BrokerSpec {
    /// The size with nothing left open: the user's word, else the preset's, else the `dev` preset's.
    pub fn size(&self) -> BrokerSize {
        let preset = self.preset.unwrap_or(Preset::Dev);
        let (memory, disk, segment) = mebibytes(preset);
        let (cpu, io) = match preset {
            Preset::Dev => (CpuThreads::ONE, IoThreads::ONE),
            Preset::Chart | Preset::Baseline => (CpuThreads::THREE, IoThreads::THREE),
        };
        BrokerSize {
            memory: self.memory.clone().unwrap_or_else(|| ByteSize::from_mebibytes(memory)),
            cpu_threads: self.cpu_threads.unwrap_or(cpu),
            io_threads: self.io_threads.unwrap_or(io),
            disk: self.disk.clone().unwrap_or_else(|| ByteSize::from_mebibytes(disk)),
            log_segment_size: self
                .log_segment_size
                .clone()
                .unwrap_or_else(|| ByteSize::from_mebibytes(segment)),
        }
    }
}

impl CpuThreads {
    const ONE: Self = Self(1);
    const THREE: Self = Self(3);
}

impl IoThreads {
    const ONE: Self = Self(1);
    const THREE: Self = Self(3);
}

/// Free disk that the product needs for a number of partition copies on one broker, as
/// (processing, replication) (`disk-space.md`): a broker below it stops.
///
/// replication = copies × segment + 1 GiB, processing = copies × 2 × segment + 1 GiB; for brokers with
/// segments under the product's 128 MiB, made for laptops and tests, the fixed part shrinks to eight
/// segments, because 1 GiB is eight of the product's own.
pub fn watermarks(copies: u64, segment: &ByteSize) -> (ByteSize, ByteSize) {
    let segment = segment.bytes();
    let fixed = (segment.saturating_mul(8)).min(1 << 30);
    let replication = copies.saturating_mul(segment).saturating_add(fixed);
    let processing = copies.saturating_mul(segment).saturating_mul(2).saturating_add(fixed);
    (ByteSize::from_bytes(processing), ByteSize::from_bytes(replication))
}
