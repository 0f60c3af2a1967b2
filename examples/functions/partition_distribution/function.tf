locals {
  spread = provider::zeebe::partition_distribution(3, 6, 2)
}

output "preferred_leaders" {
  value = { for id, partition in local.spread : id => partition.leader } # "1" = 0, "2" = 1, "3" = 2, "4" = 0, …
}
