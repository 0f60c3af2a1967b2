data "zeebe_cluster" "payments" {
  id = "local:///srv/zeebe/payments"
}

output "problems" {
  value = data.zeebe_cluster.payments.problems
}
