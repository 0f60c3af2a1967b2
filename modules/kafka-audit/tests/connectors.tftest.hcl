# Runs without anything installed: there is no provider in it.

variables {
  topic      = "zeebe-payments"
  partitions = 3
}

run "each_sink_has_its_connector" {
  command = plan

  variables {
    elasticsearch = { urls = ["https://search-0:9200", "https://search-1:9200"], username = "zeebe", password_reference = "$${file:/etc/connect/secrets:search}" }
    opensearch    = { urls = ["https://open:9200"], period = "day" }
    s3            = { bucket = "audit", region = "eu-central-1" }
    file          = { path = "/tmp/records" }
  }

  assert {
    condition     = join(" ", keys(output.connectors)) == "zeebe-audit-elasticsearch zeebe-audit-file zeebe-audit-opensearch zeebe-audit-s3"
    error_message = "one connector for each sink that is asked for"
  }

  assert {
    condition     = alltrue([for name, config in output.connectors : config["consumer.override.isolation.level"] == "read_committed" && config["errors.tolerance"] == "none"])
    error_message = "no connector reads what a broken transaction left, or skips a record"
  }

  assert {
    condition     = alltrue([for sink in ["elasticsearch", "opensearch"] : output.connectors["zeebe-audit-${sink}"]["key.ignore"] == "false"])
    error_message = "a document's id is the record's key, so that what comes again is no second document"
  }

  assert {
    condition     = output.connectors["zeebe-audit-elasticsearch"]["connection.password"] == "$${file:/etc/connect/secrets:search}"
    error_message = "the password is a reference"
  }

  assert {
    condition     = !contains(keys(output.connectors["zeebe-audit-opensearch"]), "connection.password")
    error_message = "without a credential there is none"
  }

  assert {
    condition     = output.connectors["zeebe-audit-opensearch"]["transforms.period.timestamp.format"] == "yyyy-MM-dd" && output.connectors["zeebe-audit-elasticsearch"]["transforms.period.timestamp.format"] == "yyyy-MM"
    error_message = "an index holds a month, or a day when that is asked for"
  }

  assert {
    condition     = output.connectors["zeebe-audit-elasticsearch"]["transforms.period.topic.format"] == "$${topic}_$${timestamp}"
    error_message = "Connect's own placeholders stay as they are"
  }

  assert {
    condition     = output.connectors["zeebe-audit-file"]["tasks.max"] == "1" && output.connectors["zeebe-audit-s3"]["tasks.max"] == "3"
    error_message = "as many tasks as partitions, but one for a file"
  }

  assert {
    condition     = jsondecode(output.json["zeebe-audit-s3"]) == output.connectors["zeebe-audit-s3"]
    error_message = "the text is the configuration"
  }

  assert {
    condition     = jsondecode(output.index_template).template.mappings.dynamic == false
    error_message = "process variables never become fields"
  }
}

run "nothing_asked_for_is_nothing_made" {
  command = plan

  assert {
    condition     = length(output.connectors) == 0
    error_message = "no sink, no connector"
  }
}

run "a_password_is_never_written_out" {
  command = plan

  variables {
    opensearch = { urls = ["https://open:9200"], username = "zeebe", password_reference = "secret" }
  }

  expect_failures = [var.opensearch]
}

run "a_period_is_a_day_or_a_month" {
  command = plan

  variables {
    elasticsearch = { urls = ["https://search:9200"], period = "hour" }
  }

  expect_failures = [var.elasticsearch]
}
