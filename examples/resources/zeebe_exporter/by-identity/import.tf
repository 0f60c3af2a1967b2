import {
  to = zeebe_exporter.audit
  identity = {
    id = "local:///srv/zeebe/payments/exporters/audit"
  }
}
