import {
  to = zeebe_backup_schedule.payments
  identity = {
    id = "local:///srv/zeebe/payments/backup-schedule"
  }
}
