resource "zeebe_cluster" "payments" {
  name    = "payments"
  version = "8.6.0"

  topology = {
    brokers            = 3
    partitions         = 3
    replication_factor = 3
  }

  backup_store = {
    s3 = {
      bucket     = "zeebe-backups"
      base_path  = "payments"
      region     = "eu-central-1"
      access_key = { environment_variable = "BACKUP_ACCESS_KEY" }
      secret_key = { file = "/run/secrets/backup-secret-key" }
    }
  }

  target = {
    local = { directory = "/srv/zeebe" }
  }
}

# terraform apply -invoke=action.zeebe_restore.payments
action "zeebe_restore" "payments" {
  config {
    cluster = "local:///srv/zeebe/payments"
    confirm = "payments"
    id      = 20261123174500 # the newest that is whole unless said
  }
}
