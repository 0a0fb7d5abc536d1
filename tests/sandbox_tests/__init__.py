"""The sandbox, held against the real Twilio client, smtplib and plain HTTP."""
