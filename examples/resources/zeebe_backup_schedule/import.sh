# By its address, which is the attribute `id`.
terraform import zeebe_backup_schedule.payments local:///srv/zeebe/payments/backup-schedule
