//! Files that a broker or gateway reads beside its settings: how it writes its logs.

use std::collections::BTreeMap;

use crate::name::SettingName;

/// Where the parts of one component's own directory are.
pub(crate) struct Places {
    logs: String,
    logging: String,
}

impl Places {
    /// Beside a data directory.
    pub(crate) fn beside(data_directory: &str) -> Self {
        let parent = data_directory.rsplit_once('/').map_or("", |(parent, _)| parent);
        Self::within(parent)
    }

    /// In a directory.
    pub(crate) fn within(directory: &str) -> Self {
        let directory = directory.trim_end_matches('/');
        Self { logs: format!("{directory}/logs"), logging: format!("{directory}/log4j2.xml") }
    }

    /// The settings that make the product use them.
    ///
    /// The product's own logging writes into the directory that it was unpacked to, which brokers share
    /// and may not own, and keeps every day's files for ever. Log4j takes the path of another
    /// configuration from the environment, as a URI.
    pub(crate) fn settings(&self) -> BTreeMap<SettingName, String> {
        BTreeMap::from([(SettingName::of("log4j.configuration.file"), uri(&self.logging))])
    }

    /// What the files hold, by path.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        BTreeMap::from([(self.logging.clone(), logging(&self.logs))])
    }
}

/// Log4j's configuration: one file, rolled at 20 MB into at most five older ones, so that a broker's logs
/// never take more than about 30 MB of the disk that its data needs. The variables of the product's own
/// configuration for levels keep their meaning. Nothing goes to the console: its file would not be rolled.
fn logging(directory: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN" shutdownHook="disable">
  <Appenders>
    <RollingFile name="File" fileName="{directory}/zeebe.log" filePattern="{pattern}/zeebe-%i.log.gz">
      <PatternLayout pattern="%d{{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}} [%t] %-5level %logger{{36}} - %msg%n%throwable"/>
      <Policies>
        <SizeBasedTriggeringPolicy size="20 MB"/>
      </Policies>
      <DefaultRolloverStrategy max="5"/>
    </RollingFile>
  </Appenders>
  <Loggers>
    <Logger name="io.camunda.zeebe" level="${{env:ZEEBE_LOG_LEVEL:-info}}"/>
    <Logger name="io.atomix" level="${{env:ATOMIX_LOG_LEVEL:-info}}"/>
    <Root level="info">
      <AppenderRef ref="File"/>
    </Root>
  </Loggers>
</Configuration>
"#,
        directory = escaped(directory),
        pattern = escaped(&directory.replace('%', "%%")),
    )
}

/// A path as it must stand in an XML attribute that Log4j looks for `${…}` in.
fn escaped(path: &str) -> String {
    path.replace("${", "$${").replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// A path as a URI, in which Log4j would else take a space for a mistake.
fn uri(path: &str) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push('%');
            let digits = [byte >> 4, byte & 0xf].map(|digit| char::from_digit(digit.into(), 16));
            uri.extend(digits.into_iter().flatten().map(|digit| digit.to_ascii_uppercase()));
        }
    }
    uri
}
