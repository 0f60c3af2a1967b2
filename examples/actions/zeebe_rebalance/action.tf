# terraform apply -invoke=action.zeebe_rebalance.payments
action "zeebe_rebalance" "payments" {
  config {
    cluster = "local:///srv/zeebe/payments"
  }
}
