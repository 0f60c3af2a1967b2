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
      events  = [before_update] # so that brokers that are restarted start faster
      actions = [action.zeebe_snapshot.payments]
    }
  }
}

action "zeebe_snapshot" "payments" {
  config {
    cluster = "local:///srv/zeebe/payments"
    timeout = "5m"
  }
}
