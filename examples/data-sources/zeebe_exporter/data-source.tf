data "zeebe_exporter" "audit" {
  cluster = { id = "local:///srv/zeebe/payments" }
  name    = "audit"
}

# Fails the plan's checks, and nothing else, while the sink takes less than the cluster writes.
check "audit_keeps_up" {
  assert {
    condition     = data.zeebe_exporter.audit.state == "enabled" && coalesce(data.zeebe_exporter.audit.backlog, 0) < 100000
    error_message = "Exporter audit is ${data.zeebe_exporter.audit.state} and ${coalesce(data.zeebe_exporter.audit.backlog, 0)} records behind."
  }
}
