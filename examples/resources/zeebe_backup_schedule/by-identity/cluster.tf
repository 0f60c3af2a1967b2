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
