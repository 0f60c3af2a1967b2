//! What the Java runtime is told.

use zeebe_scalar::ByteSize;

/// The variable that the product's launchers read their Java options from.
///
/// The launchers put `$JAVA_OPTS` on Java's command line, word by word, and print nothing. The other
/// candidate, `JAVA_TOOL_OPTIONS`, is read by every Java process, makes each of them print "Picked up …",
/// and is where users have put trust stores and agents of their own: it is left to them.
pub const JAVA_OPTIONS_VARIABLE: &str = "JAVA_OPTS";

/// The greatest heap, in bytes, that is run with the small collector and the quick compiler.
///
/// Serial collection and the first compiler alone make a broker start soonest and keep it smallest, and
/// throttle it under load: right for brokers of a laptop or a test, wrong for those that serve.
const SMALL_HEAP: u64 = 512 << 20;

/// The options for a heap of that size.
pub(crate) fn options(memory: &ByteSize) -> Vec<String> {
    let heap = match memory.bytes() {
        bytes if bytes.is_multiple_of(1 << 20) => format!("-Xmx{}m", bytes >> 20),
        bytes => format!("-Xmx{bytes}"),
    };
    let mut options = vec![heap];
    if memory.bytes() <= SMALL_HEAP {
        options.push("-XX:+UseSerialGC".to_owned());
        options.push("-XX:TieredStopAtLevel=1".to_owned());
    }
    options
}
