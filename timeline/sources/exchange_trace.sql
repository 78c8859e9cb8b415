/*
# One record for each message and recipient. Times state no zone and are UTC by the vendor's word.
title        = "Exchange Online message trace"
docs         = ["https://learn.microsoft.com/en-us/exchange/monitoring/trace-an-email-message/run-a-message-trace-and-view-results", "https://learn.microsoft.com/en-us/powershell/module/exchangepowershell/get-messagetracev2"]
names        = ["exchange.message_trace"]
family       = "audit"
match        = '''r.MessageTraceId IS NOT NULL AND r.RecipientAddress IS NOT NULL AND r.Received IS NOT NULL'''
columns      = [["MessageTraceId", "RecipientAddress", "SenderAddress", "Received"], ["origin_timestamp_utc", "sender_address", "recipient_status", "message_id"]]
witnesses    = ["mail.send"]
completeness = "complete"
scope        = "organisation or default"
objects      = ["<*"]
empty        = ["user_agent", "device_id", "app", "app_id", "session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_from", "actor_id"]
sees_not     = ["contents and attachments", "whether a message was read", "mail that never left a mailbox (drafts)", "which session or client sent it", "messages older than 90 days"]
export       = "Get-MessageTraceV2 -StartDate … -EndDate … -ResultSize 5000 (pages by -StartingRecipientAddress), or Start-HistoricalSearch -ReportType MessageTrace"

[collect]
"*" = "$e=([datetime]'{end}').ToUniversalTime(); $a=([datetime]'{start}').ToUniversalTime(); while ($a -lt $e) { $b=$a.AddDays(10); if ($b -gt $e) { $b=$e }; $z=$b; $more=@{}; do { $p=@(Get-MessageTraceV2 -StartDate $a -EndDate $z -ResultSize 5000 @more); $p | ForEach-Object { ConvertTo-Json -Compress -InputObject $_ } | Add-Content -Encoding utf8 '{file}.jsonl'; if ($p) { $z=$p[-1].Received; $more=@{ StartingRecipientAddress=$p[-1].RecipientAddress } } } while ($p.Count -eq 5000); $a=$b } # PowerShell 7 after Connect-ExchangeOnline. 10 days and 5 000 rows a query, 100 queries in 5 minutes. Pages overlap, timeline counts a record once"
*/
SELECT
    coalesce(r.Received, r.origin_timestamp_utc) AS told,
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    lower(r.Organization) AS scope,
    coalesce(r.RecipientAddress, split_part(split_part(r.recipient_status, ';', 1), '##', 1)) AS recipient,
    coalesce(r.SenderAddress, r.sender_address) AS actor,
    coalesce(r.MessageTraceId, r.network_message_id) AS request_id,
    concat_ws('/', request_id, recipient, actor, told) AS record_id,
    'Message trace' AS operation,
    'mail.send' AS action,
    coalesce(r.Status, regexp_replace(split_part(r.recipient_status, ';', 1), '^.*##', '')) AS outcome_detail,
    CASE WHEN outcome_detail IN ('Delivered', 'Expanded', 'Resolved') OR contains(outcome_detail, 'Deliver') THEN 'success'
         WHEN outcome_detail IN ('Failed', 'Quarantined', 'FilteredAsSpam') OR contains(outcome_detail, 'Fail') THEN 'failure' ELSE 'unknown' END AS outcome,
    CASE WHEN actor IN ('', '<>') THEN 'system' END AS actor_type,
    coalesce(address(r.FromIP), address(r.original_client_ip)) AS src_ip,
    coalesce(stated(r.Subject), stated(r.message_subject)) AS resource,
    coalesce(stated(r.MessageId), stated(r.message_id)) AS object,
    try_cast(coalesce(r.Size, r.total_bytes) AS BIGINT) AS object_size,
    recipient AS mailbox
FROM records
