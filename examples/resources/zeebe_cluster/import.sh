# By its address, which is the attribute `id`.
terraform import zeebe_cluster.payments local:///srv/zeebe/payments
