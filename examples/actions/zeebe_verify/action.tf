resource "zeebe_cluster" "payments" {
  name    = "payments"
  version = "8.6.0"

  topology = {
    brokers            = 3
    partitions         = 3
    replication_factor = 3
  }

  target = {
    local = { directory = "/srv/zeebe" }
  }

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.zeebe_verify.payments]
    }
  }
}

action "zeebe_verify" "payments" {
  config {
    cluster = "local:///srv/zeebe/payments"
  }
}
