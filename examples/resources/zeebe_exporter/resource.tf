resource "zeebe_cluster" "payments" {
  name    = "payments"
  version = "8.6.0"

  topology = {
    brokers            = 3
    partitions         = 3
    replication_factor = 3
  }

  target = {
    local = { first_port = 26500 }
  }
}

resource "zeebe_exporter" "audit" {
  cluster = zeebe_cluster.payments.handle
  name    = "audit"

  elasticsearch = {
    url   = "https://search.example.com:9200"
    index = { prefix = "payments-audit", shards = 1, replicas = 1 }
    bulk  = { records = 500, delay = "2s" }

    records = {
      types  = ["event", "rejection"]
      values = ["deployment", "incident", "job", "process", "process_instance", "variable"]
    }

    authentication = {
      username = "zeebe"
      password = { environment_variable = "SEARCH_PASSWORD" }
    }
  }
}

# One of your own, or of a third party: the archive is checked before any broker is restarted.
resource "zeebe_exporter" "metrics" {
  cluster = zeebe_cluster.payments.handle
  name    = "metrics"

  jar = {
    path       = "/srv/exporters/metrics-exporter-1.2.0.jar"
    sha256     = "5c699e86a6c9d290dd7b1f0b2ea648fb57fd1dacf1cab22c874219e58827ea45"
    class_name = "com.example.zeebe.MetricsExporter"
    arguments  = { "gateway.url" = "https://metrics.example.com" }
  }
}

# Into Kafka: a receiver of the engine's own brings the records there, so no jar is needed.
resource "zeebe_exporter" "kafka" {
  cluster = zeebe_cluster.payments.handle
  name    = "kafka"

  kafka = {
    brokers = ["kafka-0.example.com:9093", "kafka-1.example.com:9093"]
    topic   = "zeebe-payments"
    tls     = { ca = "/etc/kafka/ca.crt" }

    sasl = {
      mechanism = "SCRAM-SHA-512"
      username  = "zeebe"
      password  = { environment_variable = "KAFKA_PASSWORD" }
    }
  }
}

# Into a lake: files of Parquet by value type and day, in a bucket or a folder, for DuckDB, Spark and the like.
resource "zeebe_exporter" "lake" {
  cluster = zeebe_cluster.payments.handle
  name    = "lake"

  lake = {
    s3 = {
      bucket     = "zeebe-lake"
      prefix     = "payments/"
      region     = "eu-west-1"
      access_key = { environment_variable = "LAKE_ACCESS_KEY" }
      secret_key = { environment_variable = "LAKE_SECRET_KEY" }
    }
  }
}
