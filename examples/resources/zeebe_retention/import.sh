# By its address, which is the attribute `id`.
terraform import zeebe_retention.audit local:///srv/zeebe/payments/retention/audit
