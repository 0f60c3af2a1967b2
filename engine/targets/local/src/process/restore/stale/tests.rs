use camino_tempfile::tempdir;

use super::*;

/// A segment as 8.6.0 writes it: a descriptor of 57 bytes and entries.
fn segment(entries: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![LAYOUT, 8, 0, 2, 0, 6, 0, 2, 0];
    bytes.extend([0xcc; 8]);
    bytes.extend([32, 0, 1, 0, 6, 0, 2, 0]);
    bytes.extend([0xdd; 32]);
    assert_eq!(bytes.len(), 57);
    for entry in entries {
        bytes.extend([ENTRY, 12, 0, 1, 0, 7, 0, 2, 0]);
        bytes.extend([0xee; 8]);
        bytes.extend(u32::try_from(entry.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(entry);
    }
    bytes
}

fn cleared(bytes: &[u8]) -> (io::Result<u64>, Vec<u8>) {
    let data = tempdir().unwrap();
    let folder = data.path().join(PARTITIONS).join("2");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("raft-partition.meta"), b"not a log").unwrap();
    let path = folder.join("raft-partition-partition-2-1.log");
    std::fs::write(&path, bytes).unwrap();
    let cleared = clear(data.path());
    assert_eq!(std::fs::read(folder.join("raft-partition.meta")).unwrap(), b"not a log");
    (cleared, std::fs::read(path).unwrap())
}

#[test]
fn what_was_cut_off_is_zeros_and_every_entry_before_it_stays() {
    let kept = segment(&[b"one", &vec![7; 100_000]]);
    let cut = [&kept[..], &[0], &vec![0x51; 200_000], &[0; 50]].concat();
    let (count, after) = cleared(&cut);
    assert_eq!(count.unwrap(), 200_000);
    assert_eq!(after, [&kept[..], &vec![0; 200_051]].concat());
}

#[test]
fn log_that_is_full_or_holds_nothing_behind_its_end_stays_as_it_is() {
    let full = segment(&[b"one", b"two"]);
    for whole in [full.clone(), [&full[..], &[0; 1000]].concat(), segment(&[])] {
        let (count, after) = cleared(&whole);
        assert_eq!(count.unwrap(), 0);
        assert_eq!(after, whole);
    }
}

#[test]
fn log_of_another_layout_is_an_error_and_not_touched() {
    let mut later = segment(&[b"one"]);
    later[0] = 3;
    let mut other = segment(&[b"one"]);
    other[58] = 16;
    for (bytes, said) in [(later, "begins in another layout"), (other, "an entry of another form")]
    {
        let bytes = [&bytes[..], &[0], &[9; 10]].concat();
        let (count, after) = cleared(&bytes);
        let error = count.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        assert_eq!(after, bytes);
    }
}

#[test]
fn only_versions_that_the_vendor_did_not_cure_need_it() {
    let needs = |text: &str| leaves_them(&Version::try_from(text.to_owned()).unwrap());
    for version in ["8.5.0", "8.5.25", "8.6.0", "8.6.30", "8.7.0", "8.7.18"] {
        assert!(needs(version), "{version}");
    }
    for version in ["8.6.31", "8.7.19", "8.8.0", "8.9.1", "8.10.0"] {
        assert!(!needs(version), "{version}");
    }
}
