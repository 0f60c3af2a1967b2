resource "zeebe_cluster" "payments" {
  name    = "payments"
  version = "8.6.0"

  topology = {
    brokers            = 3
    partitions         = 3
    replication_factor = 3
  }

  backup_store = {
    gcs = {
      bucket    = "zeebe-backups"
      base_path = "payments"
    }
  }

  target = {
    local = { directory = "/srv/zeebe" }
  }
}

data "zeebe_backups" "payments" {
  cluster = zeebe_cluster.payments.handle
}

output "latest_backup" {
  value = data.zeebe_backups.payments.latest
}
