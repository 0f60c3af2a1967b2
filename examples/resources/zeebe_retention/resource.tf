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
    index = { prefix = "payments-audit" }
  }
}

# What is older goes by this apply, and by `zeebe-agent` from then on.
resource "zeebe_retention" "audit" {
  exporter    = zeebe_exporter.audit.id
  minimum_age = "30d"
}
