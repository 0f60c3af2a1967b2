# Many clients, each with several environments, from one map: one cluster for each pair.

terraform {
  required_version = ">= 1.3"
  required_providers {
    zeebe = {
      source = "zeebe-platform/zeebe"
    }
  }
}

locals {
  # "<client>-<environment>" => everything that its cluster needs. Sorted keys, so that a new client does not
  # move the ports of another: ports follow the slot that the map names, never the order.
  clusters = merge([
    for client, settings in var.clients : {
      for environment, wish in settings.environments : "${client}-${environment}" => {
        client      = client
        environment = environment
        slot        = wish.slot
        version     = coalesce(wish.version, settings.version)
        size        = merge(local.sizes[coalesce(wish.size, local.default_size[environment])], { for k, v in { brokers = wish.brokers, partitions = wish.partitions } : k => v if v != null })
        protected   = coalesce(wish.deletion_protection, environment == "production")
      }
    }
  ]...)

  # Sizes by name. Sources: docs of zeebe_cluster, attribute broker.preset.
  sizes = {
    single   = { brokers = 1, partitions = 1, replication_factor = 1, preset = "dev" }
    trio     = { brokers = 3, partitions = 3, replication_factor = 3, preset = "dev" }
    baseline = { brokers = 3, partitions = 3, replication_factor = 3, preset = "baseline" }
  }

  default_size = {
    development = "single"
    test        = "single"
    staging     = "trio"
    production  = "baseline"
  }
}

resource "zeebe_cluster" "this" {
  for_each = local.clusters

  name        = each.key
  version     = each.value.version
  environment = each.value.environment

  topology = {
    brokers            = each.value.size.brokers
    partitions         = each.value.size.partitions
    replication_factor = min(each.value.size.replication_factor, each.value.size.brokers)
  }

  broker = { preset = each.value.size.preset }

  license = var.license

  target = var.target == "simulated" ? {
    local     = null
    simulated = { directory = var.directory, first_port = var.first_port + each.value.slot * var.ports_per_cluster, seed = null }
    } : {
    local = {
      directory    = var.directory
      first_port   = var.first_port + each.value.slot * var.ports_per_cluster
      distribution = var.distribution
      java_home    = null
    }
    simulated = null
  }

  deletion_protection = each.value.protected
  data_on_destroy     = each.value.protected ? "keep" : var.data_on_destroy
}
