data "zeebe_retention" "audit" {
  id = "local:///srv/zeebe/payments/retention/audit"
}

# Fails the plan's checks, and nothing else, while something is too old and must stay.
check "nothing_is_kept_back" {
  assert {
    condition     = length(data.zeebe_retention.audit.kept_back) == 0
    error_message = "Older than ${data.zeebe_retention.audit.minimum_age} and kept: ${jsonencode(data.zeebe_retention.audit.kept_back)}."
  }
}
