# By its address, which is the attribute `id`.
terraform import zeebe_exporter.audit local:///srv/zeebe/payments/exporters/audit
