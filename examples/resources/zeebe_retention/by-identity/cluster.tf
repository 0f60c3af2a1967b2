resource "zeebe_cluster" "payments" {
  name    = "payments"
  version = "8.6.0"

  topology = {
    brokers            = 3
    partitions         = 3
    replication_factor = 3
  }

  target = {
    local = { directory = "/srv/zeebe" }
  }
}
