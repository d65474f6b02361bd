DROP TABLE version_comment;
