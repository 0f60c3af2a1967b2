//! The sink that writes files: for each partition one, a record a line, as it came.
//!
//! The mark is read from the file itself: the last whole line is the last record. A line that a crash cut off is taken
//! away when the file is opened, and its record comes again from the exporter. A lock keeps a second receiver out.

use std::error::Error;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::mem;

use async_trait::async_trait;
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use tokio::task;

use crate::mark::Mark;
use crate::record::{PartitionId, Record};
use crate::sink::{Log, Sink, SinkError};
use crate::verify::{Fingerprint, Reading};

/// How much is read at a time when the last line is looked for.
const STEP: u64 = 64 * 1024;

/// A folder of files.
#[derive(Clone, Debug)]
pub struct FileSink {
    directory: Utf8PathBuf,
}

impl FileSink {
    /// The sink of that folder, which is made when it is not there.
    pub fn new(directory: Utf8PathBuf) -> Self {
        Self { directory }
    }

    /// Reads all that is written, for a proof. A line that is not whole is not written.
    pub async fn reading(&self) -> Result<Reading, SinkError> {
        let directory = self.directory.clone();
        blocking(move || {
            let mut reading = Reading::default();
            for entry in directory.read_dir_utf8()? {
                let path = entry?.into_path();
                if path.extension() != Some("ndjson") {
                    continue;
                }
                let mut lines = BufReader::new(File::open(&path)?);
                let mut line = Vec::new();
                while lines.read_until(b'\n', &mut line)? > 0 && line.pop() == Some(b'\n') {
                    let record = Record::parse(mem::take(&mut line).into()).map_err(wrong)?;
                    let fingerprint = Fingerprint::of(&record).map_err(wrong)?;
                    reading.add(record.partition, record.position, fingerprint);
                }
            }
            Ok(reading)
        })
        .await
        .map_err(|error| {
            SinkError::failed(format!("read the folder \"{}\"", self.directory), error)
        })
    }

    /// The file of that partition.
    pub fn path(directory: &Utf8Path, partition: PartitionId) -> Utf8PathBuf {
        directory.join(format!("partition-{:04}.ndjson", partition.number()))
    }
}

#[async_trait]
impl Sink for FileSink {
    async fn prepare(&self) -> Result<(), SinkError> {
        let directory = self.directory.clone();
        blocking(move || {
            fs::create_dir_all(&directory)?;
            File::open(&directory)?.sync_all()
        })
        .await
        .map_err(|error| {
            SinkError::failed(format!("make the folder \"{}\"", self.directory), error)
        })
    }

    async fn open(&self, partition: PartitionId) -> Result<Box<dyn Log>, SinkError> {
        self.prepare().await?;
        let path = Self::path(&self.directory, partition);
        let opened = path.clone();
        match blocking(move || Opened::of(&opened)).await {
            Ok(Some(opened)) => Ok(Box::new(FileLog { path, opened: Some(opened) })),
            Ok(None) => {
                Err(SinkError::Refused(format!("another receiver writes the file \"{path}\"")))
            }
            Err(error) => Err(SinkError::failed(format!("open the file \"{path}\""), error)),
        }
    }

    async fn probe(&self) -> Result<(), SinkError> {
        self.prepare().await
    }
}

/// One file, locked.
#[derive(Debug)]
struct FileLog {
    path: Utf8PathBuf,
    /// None when an append failed.
    opened: Option<Opened>,
}

#[derive(Debug)]
struct Opened {
    file: File,
    length: u64,
    mark: Option<Mark>,
}

#[async_trait]
impl Log for FileLog {
    fn mark(&self) -> Option<Mark> {
        self.opened.as_ref()?.mark
    }

    async fn append(&mut self, records: Vec<Record>, mark: Mark) -> Result<(), SinkError> {
        let doing = || format!("append to the file \"{}\"", self.path);
        let Some(opened) = self.opened.take() else {
            return Err(SinkError::failed(doing(), "an append before this one failed"));
        };
        let opened = blocking(move || opened.append(&records, mark))
            .await
            .map_err(|error| SinkError::failed(doing(), error))?;
        self.opened = Some(opened);
        Ok(())
    }
}

impl Opened {
    /// Opens and locks a file, and takes away a line that is not whole. None when somebody else holds it.
    fn of(path: &Utf8Path) -> io::Result<Option<Self>> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let (length, last) = last_line(&mut file)?;
        file.set_len(length)?;
        file.sync_all()?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        let mark = last
            .map(|line| Record::parse(Bytes::from(line)))
            .transpose()
            .map_err(wrong)?
            .map(|record| Mark { position: record.position, timestamp: record.timestamp });
        Ok(Some(Self { file, length, mark }))
    }

    fn append(mut self, records: &[Record], mark: Mark) -> io::Result<Self> {
        match self.write(records) {
            Ok(written) => {
                self.length += written;
                self.mark = Some(mark);
                Ok(self)
            }
            Err(error) => {
                // What was not synced may be lost though it can be read: none of it is to be found again.
                self.file.set_len(self.length)?;
                Err(error)
            }
        }
    }

    fn write(&mut self, records: &[Record]) -> io::Result<u64> {
        self.file.seek(SeekFrom::Start(self.length))?;
        let mut written = 0;
        let mut writer = BufWriter::with_capacity(1 << 20, &self.file);
        for record in records {
            writer.write_all(&record.bytes)?;
            writer.write_all(b"\n")?;
            written += size(&record.bytes)? + 1;
        }
        writer.flush()?;
        drop(writer);
        self.file.sync_data()?;
        Ok(written)
    }
}

/// How long the whole lines of a file are, and the last of them.
fn last_line(file: &mut File) -> io::Result<(u64, Option<Vec<u8>>)> {
    let length = file.metadata()?.len();
    // The end of the file, longer at each round, until it has the last whole line and the end of the one before it.
    let mut start = length;
    loop {
        start = start.saturating_sub(STEP.max(length - start));
        file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        Read::by_ref(file).take(length - start).read_to_end(&mut tail)?;
        let end = tail.iter().rposition(|byte| *byte == b'\n');
        let begin = end.and_then(|end| tail[..end].iter().rposition(|byte| *byte == b'\n'));
        match (begin, end) {
            (Some(begin), Some(end)) => {
                let whole = start + size(&tail[..=end])?;
                return Ok((whole, Some(tail[begin + 1..end].to_vec())));
            }
            (None, Some(end)) if start == 0 => {
                return Ok((size(&tail[..=end])?, Some(tail[..end].to_vec())));
            }
            (_, None) if start == 0 => return Ok((0, None)),
            _ => {}
        }
    }
}

fn wrong(error: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

fn size(bytes: &[u8]) -> io::Result<u64> {
    u64::try_from(bytes.len()).map_err(io::Error::other)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use camino_tempfile::Utf8TempDir;

    use super::*;
    use crate::record::tests::record;
    use crate::verify::Gaps;

    fn partition() -> PartitionId {
        PartitionId::new(1).unwrap()
    }

    async fn opened(directory: &Utf8Path) -> Result<Box<dyn Log>, SinkError> {
        FileSink::new(directory.to_owned()).open(partition()).await
    }

    fn mark(position: u64) -> Mark {
        Mark { position, timestamp: 1 }
    }

    #[tokio::test]
    async fn records_are_lines_as_they_came_and_the_last_is_the_mark() {
        let folder = Utf8TempDir::new().unwrap();
        let records = vec![record(1, 3, 1), record(1, 5, 1)];
        let mut log = opened(folder.path()).await.unwrap();
        assert_eq!(log.mark(), None);
        log.append(records.clone(), mark(5)).await.unwrap();
        assert_eq!(log.mark(), Some(mark(5)));
        drop(log);
        let mut log = opened(folder.path()).await.unwrap();
        assert_eq!(log.mark(), Some(mark(5)));
        log.append(vec![record(1, 6, 1)], mark(6)).await.unwrap();
        let text = fs::read(FileSink::path(folder.path(), partition())).unwrap();
        let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
        assert_eq!(lines[..2], [&records[0].bytes[..], &records[1].bytes[..]]);
        assert_eq!((lines.len(), lines[3]), (4, &b""[..]));
        let reading = FileSink::new(folder.path().to_owned()).reading().await.unwrap();
        assert_eq!(reading.records(), 3);
        assert!(reading.verify().is_exact(Gaps::ByDesign));
    }

    #[tokio::test]
    async fn a_line_that_a_crash_cut_off_is_taken_away_wherever_it_was_cut() {
        let folder = Utf8TempDir::new().unwrap();
        let path = FileSink::path(folder.path(), partition());
        // Longer than one step of the look for the last line.
        let long = "x".repeat(200_000);
        let whole = |position: u64| {
            let record = record(1, position, 1);
            String::from_utf8(record.bytes.to_vec()).unwrap().replace("i\\n", &long) + "\n"
        };
        let (first, second) = (whole(1), whole(2));
        for cut in [0, 1, 70_000, second.len() - 1] {
            fs::write(&path, format!("{first}{}", &second[..cut])).unwrap();
            assert_eq!(opened(folder.path()).await.unwrap().mark(), Some(mark(1)), "cut at {cut}");
            assert_eq!(fs::read_to_string(&path).unwrap(), first);
        }
        fs::write(&path, format!("{first}{second}")).unwrap();
        assert_eq!(opened(folder.path()).await.unwrap().mark(), Some(mark(2)));
        fs::write(&path, &first[..first.len() - 1]).unwrap();
        assert_eq!(opened(folder.path()).await.unwrap().mark(), None);
    }

    #[tokio::test]
    async fn a_second_receiver_is_kept_out() {
        let folder = Utf8TempDir::new().unwrap();
        let held = opened(folder.path()).await.unwrap();
        let error = opened(folder.path()).await.err().unwrap();
        assert!(error.to_string().starts_with("another receiver writes the file"), "{error}");
        drop(held);
        assert!(opened(folder.path()).await.is_ok());
    }
}
