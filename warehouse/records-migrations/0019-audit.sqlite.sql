-- Nothing of the trail is changed, and nothing deleted but what was sealed or archived.

CREATE TRIGGER audit_pending_update BEFORE UPDATE ON audit_pending
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END
;;
CREATE TRIGGER audit_record_update BEFORE UPDATE ON audit_record
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END
;;
CREATE TRIGGER audit_subject_update BEFORE UPDATE ON audit_subject
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END
;;
CREATE TRIGGER audit_segment_update BEFORE UPDATE ON audit_segment
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END
;;
CREATE TRIGGER audit_archive_update BEFORE UPDATE ON audit_archive
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END
;;
CREATE TRIGGER audit_checkpoint_update BEFORE UPDATE ON audit_checkpoint
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END
;;
CREATE TRIGGER audit_witnessed_update BEFORE UPDATE ON audit_witnessed
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END
;;
CREATE TRIGGER audit_foreign_update BEFORE UPDATE ON audit_foreign
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END
;;
CREATE TRIGGER audit_verification_update BEFORE UPDATE ON audit_verification
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END
;;
CREATE TRIGGER audit_segment_delete BEFORE DELETE ON audit_segment
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not deleted');
END
;;
CREATE TRIGGER audit_archive_delete BEFORE DELETE ON audit_archive
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not deleted');
END
;;
CREATE TRIGGER audit_checkpoint_delete BEFORE DELETE ON audit_checkpoint
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not deleted');
END
;;
CREATE TRIGGER audit_witnessed_delete BEFORE DELETE ON audit_witnessed
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not deleted');
END
;;
CREATE TRIGGER audit_foreign_delete BEFORE DELETE ON audit_foreign
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not deleted');
END
;;
CREATE TRIGGER audit_verification_delete BEFORE DELETE ON audit_verification
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not deleted');
END
;;
CREATE TRIGGER audit_pending_delete BEFORE DELETE ON audit_pending
WHEN NOT EXISTS (SELECT 1 FROM audit_record WHERE pending_seq = OLD.seq)
BEGIN
  SELECT RAISE(ABORT, 'an entry that is not sealed is not deleted');
END
;;
CREATE TRIGGER audit_record_delete BEFORE DELETE ON audit_record
WHEN NOT EXISTS (SELECT 1 FROM audit_archive WHERE segment = OLD.position / 4096)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is deleted by archived segments only');
END
;;
CREATE TRIGGER audit_subject_delete BEFORE DELETE ON audit_subject
WHEN NOT EXISTS (SELECT 1 FROM audit_archive WHERE segment = OLD.position / 4096)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is deleted by archived segments only');
END
