DROP TABLE execution_kept;
DROP TABLE recording;
DROP TABLE execution_day;
DROP TABLE rollup;
DROP TABLE line;
DROP TABLE recorder;
--@postgres DROP DOMAIN blob;
