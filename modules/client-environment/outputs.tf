output "clusters" {
  description = "Each cluster by \"<client>-<environment>\": its id, handle and addresses."
  value = {
    for key, cluster in zeebe_cluster.this : key => {
      id              = cluster.id
      handle          = cluster.handle
      gateway_address = cluster.gateway_address
      rest_address    = cluster.rest_address
    }
  }
}

output "gateways" {
  description = "The gateway addresses of each client by environment."
  value = {
    for client, settings in var.clients : client => {
      for environment, _ in settings.environments :
      environment => zeebe_cluster.this["${client}-${environment}"].gateway_address
    }
  }
}
