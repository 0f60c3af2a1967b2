resource "zeebe_cluster" "payments" {
  name    = "payments"
  version = "8.6.0"

  topology = {
    brokers            = 3
    partitions         = 3
    replication_factor = 3
  }

  broker = { preset = "dev" }

  target = {
    local = { first_port = 26500 }
  }
}

output "gateway" {
  value = zeebe_cluster.payments.gateway_address
}
