-- Nothing of the trail is changed, and nothing deleted but what was sealed or archived.

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is not changed';
END $$
;;
CREATE FUNCTION audit_only_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM audit_record WHERE pending_seq = OLD.seq) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'an entry that is not sealed is not deleted';
END $$
;;
CREATE FUNCTION audit_only_archived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM audit_archive WHERE segment = OLD.position / 4096) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the audit trail is deleted by archived segments only';
END $$
;;
CREATE TRIGGER audit_pending_update BEFORE UPDATE ON audit_pending
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_pending_truncate BEFORE TRUNCATE ON audit_pending
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_record_update BEFORE UPDATE ON audit_record
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_record_truncate BEFORE TRUNCATE ON audit_record
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_subject_update BEFORE UPDATE ON audit_subject
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_subject_truncate BEFORE TRUNCATE ON audit_subject
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_segment_update BEFORE UPDATE ON audit_segment
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_segment_truncate BEFORE TRUNCATE ON audit_segment
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_archive_update BEFORE UPDATE ON audit_archive
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_archive_truncate BEFORE TRUNCATE ON audit_archive
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_checkpoint_update BEFORE UPDATE ON audit_checkpoint
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_checkpoint_truncate BEFORE TRUNCATE ON audit_checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_witnessed_update BEFORE UPDATE ON audit_witnessed
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_witnessed_truncate BEFORE TRUNCATE ON audit_witnessed
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_foreign_update BEFORE UPDATE ON audit_foreign
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_foreign_truncate BEFORE TRUNCATE ON audit_foreign
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_verification_update BEFORE UPDATE ON audit_verification
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_verification_truncate BEFORE TRUNCATE ON audit_verification
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_segment_delete BEFORE DELETE ON audit_segment
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_archive_delete BEFORE DELETE ON audit_archive
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_checkpoint_delete BEFORE DELETE ON audit_checkpoint
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_witnessed_delete BEFORE DELETE ON audit_witnessed
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_foreign_delete BEFORE DELETE ON audit_foreign
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_verification_delete BEFORE DELETE ON audit_verification
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_pending_delete BEFORE DELETE ON audit_pending
FOR EACH ROW EXECUTE FUNCTION audit_only_sealed()
;;
CREATE TRIGGER audit_record_delete BEFORE DELETE ON audit_record
FOR EACH ROW EXECUTE FUNCTION audit_only_archived()
;;
CREATE TRIGGER audit_subject_delete BEFORE DELETE ON audit_subject
FOR EACH ROW EXECUTE FUNCTION audit_only_archived()
