terraform {
  required_providers {
    zeebe = { source = "zeebe-platform/zeebe" }
  }
}

variable "directory" {
  description = "Where the cluster lives: its data, its logs, its book. Beside this file, if not said otherwise."
  type        = string
  default     = null
}

variable "first_port" {
  description = "The first of the cluster's ports. Broker i has the ten ports that start at first_port + 10 i."
  type        = number
  default     = 26500
}

# Change brokers, replication_factor or version, and apply again.
resource "zeebe_cluster" "payments" {
  name    = "payments"
  version = "8.6.0"

  topology = {
    brokers            = 3
    partitions         = 3
    replication_factor = 3
    gateways           = { mode = "embedded" }
  }

  # Small enough for a laptop; leave it out for the product's own sizes.
  broker = {
    memory           = "256MiB"
    log_segment_size = "16MiB"
    disk             = "4GiB"
  }

  target = {
    local = {
      directory  = coalesce(var.directory, "${abspath(path.root)}/clusters")
      first_port = var.first_port
    }
  }

  # A cluster that matters keeps both at their defaults: true and "keep".
  deletion_protection = false
  data_on_destroy     = "delete"
}

output "gateway" {
  description = "Where clients connect."
  value       = zeebe_cluster.payments.gateway_address
}

output "last_change" {
  description = "What the last apply did."
  value       = zeebe_cluster.payments.last_change
}
