import {
  to = zeebe_cluster.payments
  identity = {
    id = "local:///srv/zeebe/payments"
  }
}
