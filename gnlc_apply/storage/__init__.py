"""Attachments: how a file is inspected and cleaned, where it is kept, and under which name it is handed out."""
