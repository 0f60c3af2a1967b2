# Counts first: `terraform apply -invoke=action.zeebe_purge.count`, then `.remove`.
action "zeebe_purge" "count" {
  config {
    exporter   = "local:///srv/zeebe/payments/exporters/audit"
    older_than = "90d"
    dry_run    = true
  }
}

action "zeebe_purge" "remove" {
  config {
    exporter   = "local:///srv/zeebe/payments/exporters/audit"
    older_than = "90d"
    timeout    = "30m"
  }
}
