locals {
  # As the product's own management API answers: GET /actuator/cluster
  answer = jsonencode({
    version = 3
    brokers = [{
      id         = 0
      state      = "ACTIVE"
      partitions = [{ id = 1, state = "ACTIVE", priority = 1 }]
    }]
  })
}

output "copies" {
  value = { for id, partition in provider::zeebe::parse_topology(local.answer).partitions : id => partition.replicas }
}
