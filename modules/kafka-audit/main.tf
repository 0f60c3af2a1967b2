locals {
  # What every sink needs to read what zeebe-receiver writes.
  reading = {
    "topics"    = var.topic
    "tasks.max" = tostring(var.partitions)
    # A transaction that was broken off leaves records that are not there.
    "consumer.override.isolation.level"   = "read_committed"
    "consumer.override.auto.offset.reset" = "earliest"
    "key.converter"                       = "org.apache.kafka.connect.storage.StringConverter"
  }

  as_json = {
    "value.converter"                = "org.apache.kafka.connect.json.JsonConverter"
    "value.converter.schemas.enable" = "false"
  }

  # A record that cannot be written is never skipped in silence.
  strict = { "errors.tolerance" = "none" }

  searched = {
    # The key is <partition>-<position>: as the document's id it makes what comes again the same document.
    "key.ignore" = "false"
    # The store's mapping is that of the template below.
    "schema.ignore"                   = "true"
    "behavior.on.null.values"         = "fail"
    "behavior.on.malformed.documents" = "fail"
    "drop.invalid.message"            = "false"
    "batch.size"                      = "1000"
    "linger.ms"                       = "1000"
    "read.timeout.ms"                 = "30000"
    "connection.timeout.ms"           = "10000"
    "flush.timeout.ms"                = "180000"
    "max.retries"                     = "30"
    "retry.backoff.ms"                = "500"
    "transforms"                      = "period"
    "transforms.period.type"          = "org.apache.kafka.connect.transforms.TimestampRouter"
    "transforms.period.topic.format"  = "$${topic}_$${timestamp}"
  }

  formats = { day = "yyyy-MM-dd", month = "yyyy-MM" }

  elasticsearch = var.elasticsearch == null ? {} : {
    elasticsearch = merge(local.reading, local.as_json, local.strict, local.searched, local.login.elasticsearch, {
      "connector.class" = "io.confluent.connect.elasticsearch.ElasticsearchSinkConnector"
      "connection.url"  = join(",", var.elasticsearch.urls)
      # Or it would commit by a topic's name that the router has changed.
      "flush.synchronously"                = "true"
      "transforms.period.timestamp.format" = local.formats[var.elasticsearch.period]
    })
  }

  opensearch = var.opensearch == null ? {} : {
    opensearch = merge(local.reading, local.as_json, local.strict, local.searched, local.login.opensearch, {
      "connector.class" = "io.aiven.kafka.connect.opensearch.OpensearchSinkConnector"
      "connection.url"  = join(",", var.opensearch.urls)
      # What comes again is older than what is there, and the same.
      "behavior.on.version.conflict"       = "ignore"
      "transforms.period.timestamp.format" = local.formats[var.opensearch.period]
    })
  }

  login = {
    for sink, settings in { elasticsearch = var.elasticsearch, opensearch = var.opensearch } : sink => {
      for key, value in {
        "connection.username" = try(settings.username, null)
        "connection.password" = try(settings.password_reference, null)
      } : key => value if value != null
    }
  }

  s3 = var.s3 == null ? {} : {
    s3 = merge(local.reading, local.as_json, local.strict, {
      "connector.class" = "io.confluent.connect.s3.S3SinkConnector"
      "s3.bucket.name"  = var.s3.bucket
      "s3.region"       = var.s3.region
      "topics.dir"      = var.s3.directory
      "storage.class"   = "io.confluent.connect.s3.storage.S3Storage"
      "format.class"    = "io.confluent.connect.s3.format.json.JsonFormat"
      # By the record's own time, and cut where the records say: what is written again is the same object again.
      "partitioner.class"     = "io.confluent.connect.storage.partitioner.TimeBasedPartitioner"
      "timestamp.extractor"   = "Record"
      "partition.duration.ms" = "86400000"
      "path.format"           = "'day'=YYYY-MM-dd"
      "locale"                = "en-US"
      "timezone"              = "UTC"
      "flush.size"            = tostring(var.s3.records)
      "rotate.interval.ms"    = "600000"
    })
  }

  file = var.file == null ? {} : {
    file = merge(local.reading, local.strict, {
      "connector.class" = "org.apache.kafka.connect.file.FileStreamSinkConnector"
      # One file has one writer, and keeps each record byte for byte.
      "tasks.max"       = "1"
      "value.converter" = "org.apache.kafka.connect.storage.StringConverter"
      "file"            = var.file.path
    })
  }

  connectors = {
    for sink, config in merge(local.elasticsearch, local.opensearch, local.s3, local.file) :
    "${var.name}-${sink}" => config
  }
}
