import {
  to = zeebe_retention.audit
  identity = {
    id = "local:///srv/zeebe/payments/retention/audit"
  }
}
