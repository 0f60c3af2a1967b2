data "zeebe_topology" "payments" {
  cluster = "local:///srv/zeebe/payments"
}

output "leaders" {
  value = { for id, partition in data.zeebe_topology.payments.partitions : id => partition.leader }
}
