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

  backup_store = {
    s3 = {
      bucket     = "zeebe-backups"
      base_path  = "payments"
      region     = "eu-central-1"
      access_key = { environment_variable = "BACKUP_ACCESS_KEY" }
      secret_key = { environment_variable = "BACKUP_SECRET_KEY" }
    }
  }
}

# Taken by `zeebe-agent`, which this apply starts: while no terraform runs.
resource "zeebe_backup_schedule" "payments" {
  cluster = zeebe_cluster.payments.id
  every   = "6h"
  keep    = 28
}
