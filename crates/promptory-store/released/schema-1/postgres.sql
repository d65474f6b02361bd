SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE DOMAIN public.key_text AS text COLLATE pg_catalog."C";
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);
CREATE TABLE public.access_key (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    hash public.key_text NOT NULL,
    scopes text NOT NULL,
    environment public.key_text,
    instance_admin boolean NOT NULL,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint
);
CREATE TABLE public.audit (
    project_id public.key_text NOT NULL,
    n bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    action text NOT NULL,
    prompt_id public.key_text,
    prompt text,
    environment public.key_text,
    address text,
    request_id text,
    detail text NOT NULL,
    hash public.key_text NOT NULL
);
CREATE TABLE public.change (
    project_id public.key_text NOT NULL,
    revision bigint NOT NULL,
    ordinal bigint NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    prompt_id public.key_text,
    environment public.key_text,
    version_id public.key_text,
    deployment_id public.key_text,
    build_hash public.key_text,
    detail text NOT NULL
);
CREATE TABLE public.deployment (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    prompt_id public.key_text NOT NULL,
    environment public.key_text NOT NULL,
    version_id public.key_text NOT NULL,
    from_version_id public.key_text,
    build_hash public.key_text NOT NULL,
    state text NOT NULL,
    strategy text NOT NULL,
    direction text NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    created_at bigint NOT NULL,
    ended_at bigint,
    revision bigint NOT NULL
);
CREATE TABLE public.environment (
    project_id public.key_text NOT NULL,
    name public.key_text NOT NULL,
    "position" bigint NOT NULL,
    production boolean NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.idempotency (
    project_id public.key_text NOT NULL,
    actor public.key_text NOT NULL,
    route public.key_text NOT NULL,
    name public.key_text NOT NULL,
    body_hash text NOT NULL,
    status bigint NOT NULL,
    answer text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.live (
    deployment_id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    prompt_id public.key_text NOT NULL,
    environment public.key_text NOT NULL,
    version_id public.key_text NOT NULL,
    build_hash public.key_text NOT NULL,
    since bigint NOT NULL,
    until bigint,
    revision bigint NOT NULL
);
CREATE TABLE public.meta (
    name public.key_text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.node (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    applied_revision bigint NOT NULL,
    seen_at bigint NOT NULL
);
CREATE TABLE public.project (
    id public.key_text NOT NULL,
    name public.key_text NOT NULL,
    created_at bigint NOT NULL,
    revision bigint NOT NULL,
    last_at bigint NOT NULL,
    audit_n bigint NOT NULL,
    audit_hash text NOT NULL
);
CREATE TABLE public.prompt (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    name public.key_text NOT NULL,
    name_folded public.key_text NOT NULL,
    kind text NOT NULL,
    description text NOT NULL,
    description_folded text NOT NULL,
    category text NOT NULL,
    owner text NOT NULL,
    tags text NOT NULL,
    metadata text NOT NULL,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    archived_at bigint,
    revision bigint NOT NULL
);
CREATE TABLE public.version (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    prompt_id public.key_text NOT NULL,
    sequence bigint NOT NULL,
    major bigint NOT NULL,
    minor bigint NOT NULL,
    patch bigint NOT NULL,
    pre public.key_text NOT NULL,
    content text NOT NULL,
    template text NOT NULL,
    variables text NOT NULL,
    settings text NOT NULL,
    content_hash public.key_text NOT NULL,
    note text NOT NULL,
    metadata text NOT NULL,
    tags text NOT NULL,
    author text NOT NULL,
    created_at bigint NOT NULL,
    archived_at bigint,
    deprecated_at bigint
);
INSERT INTO public._sqlx_migrations VALUES (1, 'registry', '2026-11-21 06:29:54.488337+00', true, '\x5ef6cb45e8c1d3f5a406fa28e79cc8484aabf77cc44de1c687af2b01af17d09e0881d72e1549948e013c83fe6cfe0e71', 33679297);
INSERT INTO public.access_key VALUES ('01a1f868-cc20-78b7-b79a-1ab3b4f60ad1', '01a1f866-0d00-7384-95a0-663a8c679294', 'read', 'pk_5d077120', 'de7106939566ba4378786a3263d3bc576ac05b8a82dc1b35f8ddb6f302eda374', 'read', NULL, false, 'administrator', 1795168980000010, NULL, NULL);
INSERT INTO public.access_key VALUES ('01a1f868-cc20-7eb4-8127-6e9a3b68003b', '01a1f866-0d00-7384-95a0-663a8c679294', 'revoked', 'pk_aab388fc', 'c69248b160bdfeec10d6f717f99eb41e573bf2f0979f1e126ba7e39b0a676f31', 'read', NULL, false, 'administrator', 1795168980000011, NULL, 1795168980000012);
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 1, 1795168800000001, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-73cd-b046-1129e0b536f2', 'shared/tone', NULL, '127.0.0.1', '01a1f866-0d00-7c88-9976-c87dfa1677d0', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd","note":"","warnings":[],"activated":null}}', 'b6e1dcab26b6dad3234e83480093ed44701648f74a9a9a5c09aa1ef760d54c35');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 2, 1795168800000002, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-73cd-b046-1129e0b536f2', 'shared/tone', 'production', '127.0.0.1', '01a1f866-0d00-783e-829c-0413613026a6', '{"deployment":"01a1f866-0d00-7597-be82-83c25247d76a","from":null,"to":"1.0.0","content_hash":"sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd","build_hash":"sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa","direction":"forward","reason":""}', '19cca86a46ebe56996dd6319c8b8d4bf5cfad10bf12cbd5ffb673b90e2df30ed');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 3, 1795168800000003, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-7589-a077-7da857c5d330', 'chat', NULL, '127.0.0.1', '01a1f866-0d00-7759-bb81-d5590edbecc6', '{"kind":"chat","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663","note":"","warnings":[],"activated":null}}', '7c29631a3b2651bea0134d0abd8c789e1b3e3d72c3af72a7691fa35f3b3de78c');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 4, 1795168800000004, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7589-a077-7da857c5d330', 'chat', 'production', '127.0.0.1', '01a1f866-0d00-7dbd-9a86-555a47eafb9c', '{"deployment":"01a1f866-0d00-7681-8186-2f9be7ac3525","from":null,"to":"1.0.0","content_hash":"sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663","build_hash":"sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46","direction":"forward","reason":""}', '29a7460faecc3424039405df5c62541c501a1749bc8fa43cfd602d61b57c41a4');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 5, 1795168800000005, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', NULL, '127.0.0.1', '01a1f866-0d00-73f1-bd46-1121e65d34c9', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","note":"","warnings":[],"activated":null}}', '5fbc3c74402f2b9037c69b7c1e9858b882363c97f75a4448e2ef1a24cd5455af');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 6, 1795168860000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', 'production', '127.0.0.1', '01a1f866-f760-7b72-b3e2-a48349a8d1f2', '{"deployment":"01a1f866-f760-7f06-b473-c6b668293483","from":null,"to":"1.0.0","content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","build_hash":"sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774","direction":"forward","reason":""}', '80ee5d6579f8685785d491a39cb65b4a05653c155678f2d4c38f547867544cea');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 7, 1795168860000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', NULL, '127.0.0.1', '01a1f866-f760-758d-ba02-1c7681605ea3', '{"version":"1.0.1","sequence":2,"content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e","note":"","warnings":[],"activated":null}', '43df591bb8bba84f6b75d3b00e046cc818b717cd2b4ddbad1901d4a83bc4589f');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 8, 1795168920000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', 'production', '127.0.0.1', '01a1f867-e1c0-793c-ae7e-765e0577496f', '{"deployment":"01a1f867-e1c0-7b8b-84b0-7e3300c2cb0d","from":"1.0.0","to":"1.0.1","content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e","build_hash":"sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed","direction":"forward","reason":""}', 'c7c7e010b0647df3b262097acc427975f15058d1a13c85b355525f2396d1e88c');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 9, 1795168920000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', NULL, '127.0.0.1', '01a1f867-e1c0-7da9-b72b-4abb37831e89', '{"version":"1.0.2","sequence":3,"content_hash":"sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f","note":"","warnings":[],"activated":null}', 'e3977456b9bb6d187f2d34380b4826b6bd7d42c5df381706fc1629128a9e862e');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 10, 1795168980000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', 'production', '127.0.0.1', '01a1f868-cc20-7361-b316-4fa3c3f8d812', '{"deployment":"01a1f868-cc20-758f-a0f4-fa74f6619ba1","from":"1.0.1","to":"1.0.0","content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","build_hash":"sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774","direction":"back","reason":""}', '01a158bb055714cee0073a41b0bd7342a8322869114e548b83a98764c26ffd97');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 11, 1795168980000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-72b8-aee5-13619d528c3c', '{"version":"1.0.3","sequence":4,"content_hash":"sha256:e581daadac4b1e56a44e50bb5ddb761b8b8d086a6fd2c421555a867084382da9","note":"","warnings":[],"activated":null}', 'ab6c9ac52c5414b0efe7c59eebb5cbacfb9fce495cb30d483be97c442b7018bf');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 12, 1795168980000002, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', 'staging', '127.0.0.1', '01a1f868-cc20-7e3b-84cd-3afbd4fa75e8', '{"deployment":"01a1f868-cc20-7a56-9305-a98a314223bb","from":null,"to":"1.0.2","content_hash":"sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f","build_hash":"sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3","direction":"forward","reason":""}', 'd4852bbbb8ccab32fad2b4b5a6f14a10fe7e25128dbcd250e0ec0ac4cd115b39');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 13, 1795168980000003, 'admin', 'administrator', 'label.put', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-7490-b158-33a95486a78e', '{"label":"stable","from":null,"to":"1.0.1","content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e"}', '587525b38f2959860e9f2a51c09af611fe1b6667b48652517af9966284d9f331');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 14, 1795168980000004, 'admin', 'administrator', 'sample.put', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-7fb2-9a86-ffdbb3a3951a', '{"sample":"ada","variables":["name"],"new":true}', '15c1da0906aac7de50d93f39055d255ccd9246bb7436aa6c8a481c220aa92920');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 15, 1795168980000005, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-7ce0-b5d8-1f3cb74da551', 'old-name', NULL, '127.0.0.1', '01a1f868-cc20-7516-bf7a-bd8ce250f3aa', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b","note":"","warnings":[],"activated":null}}', '0fe930f34ffb64b5b24494db8ca223961372d7137671ca4ecf81916be2e04101');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 16, 1795168980000006, 'admin', 'administrator', 'prompt.update', '01a1f868-cc20-7ce0-b5d8-1f3cb74da551', 'new-name', NULL, '127.0.0.1', '01a1f868-cc20-779a-b39b-d253121a8522', '{"before":{"name":"old-name","description":"","category":"","owner":"","tags":[],"metadata":{}},"after":{"name":"new-name","description":"","category":"","owner":"","tags":[],"metadata":{}}}', 'bd6f8d21e9d2795c723677af0dbad98e3dd5352098bfd37a36d50ef41a5e8607');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 17, 1795168980000007, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-75ac-b788-74801d774cf3', 'gone', NULL, '127.0.0.1', '01a1f868-cc20-7350-a5c4-64b2076f4463', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b","note":"","warnings":[],"activated":null}}', 'e3d6ef66ac2127f46c82bf2e5f02485c1ed149507539e20fe629ee2b9a563ad0');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 19, 1795168980000009, 'admin', 'administrator', 'environment.update', NULL, NULL, 'staging', '127.0.0.1', '01a1f868-cc20-758a-8261-0f994d148be0', '{"before":{"rollback":"allowed"},"after":{"rollback":"fix_forward"}}', '3017d7dac2088f0e3cde82f10d1e4c34d3d1f522c52930fba23a73c8733a724d');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 20, 1795168980000010, 'admin', 'administrator', 'key.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7302-8b7a-3b6d2aa50dd7', '{"id":"01a1f868-cc20-78b7-b79a-1ab3b4f60ad1","name":"read","prefix":"pk_5d077120","scopes":"read","environment":null,"expires_at":null}', 'd7d03db8a512e8ea425bad46f4ead17987942da1c442a22ceec25635d4d1999d');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 22, 1795168980000012, 'admin', 'administrator', 'key.revoke', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-76bf-95c1-077c3392851b', '{"id":"01a1f868-cc20-7eb4-8127-6e9a3b68003b","name":"revoked","prefix":"pk_aab388fc"}', '522a0c3ab1c656a4b4e7b99ee0035a3e794210e2e41bf99ae489ca52f7573928');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 18, 1795168980000008, 'admin', 'administrator', 'prompt.archive', '01a1f868-cc20-75ac-b788-74801d774cf3', 'gone', NULL, '127.0.0.1', '01a1f868-cc20-795a-bf30-85f10e0f375b', '{"live_in":[]}', 'f1cddcc3c6283a6ff25dee66955fc41ee7ad0d407276b34e04c8bc64ee474a84');
INSERT INTO public.audit VALUES ('00000000-0000-0000-0000-000000000000', 1, 1795168980000000, 'admin', 'administrator', 'project.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7f8e-b425-20a5aac2174c', '{"id":"01a1f868-cc20-78a3-8291-7d0ceff461b5","name":"second"}', 'f6d2f7543376db3952dcb7f3a918ae76da38c4b58b5d43096d9087987a8dbc7f');
INSERT INTO public.audit VALUES ('01a1f868-cc20-78a3-8291-7d0ceff461b5', 1, 1795168980000001, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-7718-b033-8bd2783d74be', 'p', NULL, '127.0.0.1', '01a1f868-cc20-7cab-8173-dd43ec1c3d07', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:2560b6a3114aff866d4a22407b75a525cd92e88bacef07f5b485335a8bf3ca53","note":"","warnings":[],"activated":null}}', 'ac607f2d7082c263d738673b968c4b2416c49d74711b370a86a7415ad05f5dcb');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 21, 1795168980000011, 'admin', 'administrator', 'key.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7a3a-8aa2-5b2ab753917f', '{"id":"01a1f868-cc20-7eb4-8127-6e9a3b68003b","name":"revoked","prefix":"pk_aab388fc","scopes":"read","environment":null,"expires_at":null}', 'a086ee4764662dd1daffdb3e61e2f79c4d2462a94114e068c78bc36b3ef5107b');
INSERT INTO public.audit VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 23, 1795168980000013, 'pk_5d077120', 'pk_5d077120', 'denied', NULL, NULL, NULL, '127.0.0.1', NULL, '{"route":"POST /api/v1/prompts","code":"forbidden","times":1}', 'd089e9061c42f889ff403d88559709381ac636b4c9c0094ed662885c0aa87635');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 1, 1, 1795168800000001, 'version', '01a1f866-0d00-73cd-b046-1129e0b536f2', NULL, '01a1f866-0d00-7662-b988-055c263ee482', NULL, NULL, '{"version":"01a1f866-0d00-7662-b988-055c263ee482","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 1, 0, 1795168800000001, 'prompt', '01a1f866-0d00-73cd-b046-1129e0b536f2', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-73cd-b046-1129e0b536f2","name":"shared/tone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000001,"updated_at":1795168800000001,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 2, 0, 1795168800000002, 'live', '01a1f866-0d00-73cd-b046-1129e0b536f2', 'production', '01a1f866-0d00-7662-b988-055c263ee482', '01a1f866-0d00-7597-be82-83c25247d76a', 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 3, 1, 1795168800000003, 'version', '01a1f866-0d00-7589-a077-7da857c5d330', NULL, '01a1f866-0d00-7a58-b67c-d3bf147e8ea3', NULL, NULL, '{"version":"01a1f866-0d00-7a58-b67c-d3bf147e8ea3","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 3, 0, 1795168800000003, 'prompt', '01a1f866-0d00-7589-a077-7da857c5d330', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-7589-a077-7da857c5d330","name":"chat","kind":"chat","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000003,"updated_at":1795168800000003,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 4, 0, 1795168800000004, 'live', '01a1f866-0d00-7589-a077-7da857c5d330', 'production', '01a1f866-0d00-7a58-b67c-d3bf147e8ea3', '01a1f866-0d00-7681-8186-2f9be7ac3525', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 5, 1, 1795168800000005, 'version', '01a1f866-0d00-7d59-a368-ea724f12acc6', NULL, '01a1f866-0d00-72bd-a9fb-67413bffdb4c', NULL, NULL, '{"version":"01a1f866-0d00-72bd-a9fb-67413bffdb4c","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 5, 0, 1795168800000005, 'prompt', '01a1f866-0d00-7d59-a368-ea724f12acc6', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-7d59-a368-ea724f12acc6","name":"support/reply","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000005,"updated_at":1795168800000005,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 6, 0, 1795168860000000, 'live', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'production', '01a1f866-0d00-72bd-a9fb-67413bffdb4c', '01a1f866-f760-7f06-b473-c6b668293483', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 7, 0, 1795168860000001, 'version', '01a1f866-0d00-7d59-a368-ea724f12acc6', NULL, '01a1f866-f760-7f50-91a1-c6159b7fcb07', NULL, NULL, '{"version":"01a1f866-f760-7f50-91a1-c6159b7fcb07","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 8, 0, 1795168920000000, 'live', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'production', '01a1f866-f760-7f50-91a1-c6159b7fcb07', '01a1f867-e1c0-7b8b-84b0-7e3300c2cb0d', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 9, 0, 1795168920000001, 'version', '01a1f866-0d00-7d59-a368-ea724f12acc6', NULL, '01a1f867-e1c0-70fe-91fb-a85898a0ca87', NULL, NULL, '{"version":"01a1f867-e1c0-70fe-91fb-a85898a0ca87","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 10, 0, 1795168980000000, 'live', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'production', '01a1f866-0d00-72bd-a9fb-67413bffdb4c', '01a1f868-cc20-758f-a0f4-fa74f6619ba1', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', '{"back":true}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 11, 0, 1795168980000001, 'version', '01a1f866-0d00-7d59-a368-ea724f12acc6', NULL, '01a1f868-cc20-78ad-8ef7-f393167acc93', NULL, NULL, '{"version":"01a1f868-cc20-78ad-8ef7-f393167acc93","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 12, 0, 1795168980000002, 'live', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'staging', '01a1f867-e1c0-70fe-91fb-a85898a0ca87', '01a1f868-cc20-7a56-9305-a98a314223bb', 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 13, 0, 1795168980000003, 'label', '01a1f866-0d00-7d59-a368-ea724f12acc6', NULL, '01a1f866-f760-7f50-91a1-c6159b7fcb07', NULL, NULL, '{"name":"stable"}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 14, 0, 1795168980000004, 'other', '01a1f866-0d00-7d59-a368-ea724f12acc6', NULL, NULL, NULL, NULL, '{}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 15, 1, 1795168980000005, 'version', '01a1f868-cc20-7ce0-b5d8-1f3cb74da551', NULL, '01a1f868-cc20-7e1c-a1e0-eee8432dd656', NULL, NULL, '{"version":"01a1f868-cc20-7e1c-a1e0-eee8432dd656","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 15, 0, 1795168980000005, 'prompt', '01a1f868-cc20-7ce0-b5d8-1f3cb74da551', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7ce0-b5d8-1f3cb74da551","name":"old-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000005,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 16, 1, 1795168980000006, 'prompt', '01a1f868-cc20-7ce0-b5d8-1f3cb74da551', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7ce0-b5d8-1f3cb74da551","name":"new-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000006,"archived_at":null,"former":[{"name":"old-name","until":1795168980000006}]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 16, 0, 1795168980000006, 'prompt', '01a1f868-cc20-7ce0-b5d8-1f3cb74da551', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7ce0-b5d8-1f3cb74da551","name":"old-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000006,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 17, 1, 1795168980000007, 'version', '01a1f868-cc20-75ac-b788-74801d774cf3', NULL, '01a1f868-cc20-7067-830a-734cd43931b0', NULL, NULL, '{"version":"01a1f868-cc20-7067-830a-734cd43931b0","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 17, 0, 1795168980000007, 'prompt', '01a1f868-cc20-75ac-b788-74801d774cf3', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-75ac-b788-74801d774cf3","name":"gone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000007,"updated_at":1795168980000007,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 18, 0, 1795168980000008, 'prompt', '01a1f868-cc20-75ac-b788-74801d774cf3', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-75ac-b788-74801d774cf3","name":"gone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000007,"updated_at":1795168980000008,"archived_at":1795168980000008,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 19, 0, 1795168980000009, 'environment', NULL, NULL, NULL, NULL, NULL, '{"name":"staging","position":2,"production":false,"rollback":"fix_forward"}');
INSERT INTO public.change VALUES ('00000000-0000-0000-0000-000000000000', 1, 0, 1795168980000000, 'project', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-78a3-8291-7d0ceff461b5","name":"second"}');
INSERT INTO public.change VALUES ('01a1f868-cc20-78a3-8291-7d0ceff461b5', 1, 1, 1795168980000001, 'version', '01a1f868-cc20-7718-b033-8bd2783d74be', NULL, '01a1f868-cc20-7a2c-9a71-8a855d74c609', NULL, NULL, '{"version":"01a1f868-cc20-7a2c-9a71-8a855d74c609","archived":false}');
INSERT INTO public.change VALUES ('01a1f868-cc20-78a3-8291-7d0ceff461b5', 1, 0, 1795168980000001, 'prompt', '01a1f868-cc20-7718-b033-8bd2783d74be', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7718-b033-8bd2783d74be","name":"p","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000001,"updated_at":1795168980000001,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 21, 0, 1795168980000011, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7eb4-8127-6e9a3b68003b","name":"revoked","prefix":"pk_aab388fc","hash":"c69248b160bdfeec10d6f717f99eb41e573bf2f0979f1e126ba7e39b0a676f31","scopes":"read","environment":null,"instance_admin":false,"expires_at":null}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 23, 0, 1795168980000013, 'other', NULL, NULL, NULL, NULL, NULL, '{}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 20, 0, 1795168980000010, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-78b7-b79a-1ab3b4f60ad1","name":"read","prefix":"pk_5d077120","hash":"de7106939566ba4378786a3263d3bc576ac05b8a82dc1b35f8ddb6f302eda374","scopes":"read","environment":null,"instance_admin":false,"expires_at":null}');
INSERT INTO public.change VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 22, 0, 1795168980000012, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7eb4-8127-6e9a3b68003b","hash":"c69248b160bdfeec10d6f717f99eb41e573bf2f0979f1e126ba7e39b0a676f31","revoked":true}');
INSERT INTO public.deployment VALUES ('01a1f866-0d00-7597-be82-83c25247d76a', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-73cd-b046-1129e0b536f2', 'production', '01a1f866-0d00-7662-b988-055c263ee482', NULL, 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', 'completed', 'immediate', 'forward', '', 'administrator', 1795168800000002, NULL, 2);
INSERT INTO public.deployment VALUES ('01a1f866-0d00-7681-8186-2f9be7ac3525', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7589-a077-7da857c5d330', 'production', '01a1f866-0d00-7a58-b67c-d3bf147e8ea3', NULL, 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 'completed', 'immediate', 'forward', '', 'administrator', 1795168800000004, NULL, 4);
INSERT INTO public.deployment VALUES ('01a1f866-f760-7f06-b473-c6b668293483', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'production', '01a1f866-0d00-72bd-a9fb-67413bffdb4c', NULL, 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'completed', 'immediate', 'forward', '', 'administrator', 1795168860000000, 1795168920000000, 6);
INSERT INTO public.deployment VALUES ('01a1f867-e1c0-7b8b-84b0-7e3300c2cb0d', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'production', '01a1f866-f760-7f50-91a1-c6159b7fcb07', '01a1f866-0d00-72bd-a9fb-67413bffdb4c', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', 'completed', 'immediate', 'forward', '', 'administrator', 1795168920000000, 1795168980000000, 8);
INSERT INTO public.deployment VALUES ('01a1f868-cc20-758f-a0f4-fa74f6619ba1', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'production', '01a1f866-0d00-72bd-a9fb-67413bffdb4c', '01a1f866-f760-7f50-91a1-c6159b7fcb07', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'completed', 'immediate', 'back', '', 'administrator', 1795168980000000, NULL, 10);
INSERT INTO public.deployment VALUES ('01a1f868-cc20-7a56-9305-a98a314223bb', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'staging', '01a1f867-e1c0-70fe-91fb-a85898a0ca87', NULL, 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', 'completed', 'immediate', 'forward', '', 'administrator', 1795168980000002, NULL, 12);
INSERT INTO public.environment VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 'development', 1, false, 1795168800000000);
INSERT INTO public.environment VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 'production', 3, true, 1795168800000000);
INSERT INTO public.environment VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 'staging', 2, false, 1795168800000000);
INSERT INTO public.environment VALUES ('01a1f868-cc20-78a3-8291-7d0ceff461b5', 'development', 1, false, 1795168980000000);
INSERT INTO public.environment VALUES ('01a1f868-cc20-78a3-8291-7d0ceff461b5', 'staging', 2, false, 1795168980000000);
INSERT INTO public.environment VALUES ('01a1f868-cc20-78a3-8291-7d0ceff461b5', 'production', 3, true, 1795168980000000);
INSERT INTO public.idempotency VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 'admin', 'POST /api/v1/prompts', 'first', '4e3db4caa775ec56430e471008209be6e60330a48de6094fc6d1053ae32b20f8', 201, '{"id":"01a1f866-0d00-7589-a077-7da857c5d330","name":"chat","kind":"chat","description":"","category":"","tags":[],"owner":"","metadata":{},"archived":false,"live":{},"latest":{"version":"1.0.0","sequence":1,"created_at":"2026-11-20T10:00:00.000Z"},"created_by":"administrator","created_at":"2026-11-20T10:00:00.000Z","updated_at":"2026-11-20T10:00:00.000Z"}', 1795168800000003);
INSERT INTO public.live VALUES ('01a1f866-0d00-7597-be82-83c25247d76a', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-73cd-b046-1129e0b536f2', 'production', '01a1f866-0d00-7662-b988-055c263ee482', 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', 1795168800000002, NULL, 2);
INSERT INTO public.live VALUES ('01a1f866-0d00-7681-8186-2f9be7ac3525', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7589-a077-7da857c5d330', 'production', '01a1f866-0d00-7a58-b67c-d3bf147e8ea3', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 1795168800000004, NULL, 4);
INSERT INTO public.live VALUES ('01a1f866-f760-7f06-b473-c6b668293483', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'production', '01a1f866-0d00-72bd-a9fb-67413bffdb4c', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 1795168860000000, 1795168920000000, 6);
INSERT INTO public.live VALUES ('01a1f867-e1c0-7b8b-84b0-7e3300c2cb0d', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'production', '01a1f866-f760-7f50-91a1-c6159b7fcb07', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', 1795168920000000, 1795168980000000, 8);
INSERT INTO public.live VALUES ('01a1f868-cc20-758f-a0f4-fa74f6619ba1', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'production', '01a1f866-0d00-72bd-a9fb-67413bffdb4c', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 1795168980000000, NULL, 10);
INSERT INTO public.live VALUES ('01a1f868-cc20-7a56-9305-a98a314223bb', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 'staging', '01a1f867-e1c0-70fe-91fb-a85898a0ca87', 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', 1795168980000002, NULL, 12);
INSERT INTO public.meta VALUES ('epoch', '522890442dff9713');
INSERT INTO public.meta VALUES ('token_key', 'f96a717e022420abd9777ebf0a2ee10fe8baae34bfef929c20e47c048a84dd91');
INSERT INTO public.meta VALUES ('oldest_binary', '0.1.0');
INSERT INTO public.node VALUES ('01a1f866-0d00-7aa0-8e60-14b03f55d52e', '00000000-0000-0000-0000-000000000000', 1, 1795168980000000);
INSERT INTO public.node VALUES ('01a1f866-0d00-7aa0-8e60-14b03f55d52e', '01a1f868-cc20-78a3-8291-7d0ceff461b5', 1, 1795168980000000);
INSERT INTO public.node VALUES ('01a1f866-0d00-7aa0-8e60-14b03f55d52e', '01a1f866-0d00-7384-95a0-663a8c679294', 22, 1795168980000000);
INSERT INTO public.project VALUES ('00000000-0000-0000-0000-000000000000', '_instance', 1795168800000000, 1, 1795168980000000, 1, 'f6d2f7543376db3952dcb7f3a918ae76da38c4b58b5d43096d9087987a8dbc7f');
INSERT INTO public.project VALUES ('01a1f868-cc20-78a3-8291-7d0ceff461b5', 'second', 1795168980000000, 1, 1795168980000001, 1, 'ac607f2d7082c263d738673b968c4b2416c49d74711b370a86a7415ad05f5dcb');
INSERT INTO public.project VALUES ('01a1f866-0d00-7384-95a0-663a8c679294', 'default', 1795168800000000, 23, 1795168980000013, 23, 'd089e9061c42f889ff403d88559709381ac636b4c9c0094ed662885c0aa87635');
INSERT INTO public.prompt VALUES ('01a1f866-0d00-73cd-b046-1129e0b536f2', '01a1f866-0d00-7384-95a0-663a8c679294', 'shared/tone', 'shared/tone', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168800000001, 1795168800000001, NULL, 1);
INSERT INTO public.prompt VALUES ('01a1f866-0d00-7589-a077-7da857c5d330', '01a1f866-0d00-7384-95a0-663a8c679294', 'chat', 'chat', 'chat', '', '', '', '', '[]', '{}', 'administrator', 1795168800000003, 1795168800000003, NULL, 3);
INSERT INTO public.prompt VALUES ('01a1f866-0d00-7d59-a368-ea724f12acc6', '01a1f866-0d00-7384-95a0-663a8c679294', 'support/reply', 'support/reply', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168800000005, 1795168800000005, NULL, 5);
INSERT INTO public.prompt VALUES ('01a1f868-cc20-7ce0-b5d8-1f3cb74da551', '01a1f866-0d00-7384-95a0-663a8c679294', 'new-name', 'new-name', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000005, 1795168980000006, NULL, 16);
INSERT INTO public.prompt VALUES ('01a1f868-cc20-75ac-b788-74801d774cf3', '01a1f866-0d00-7384-95a0-663a8c679294', 'gone', 'gone', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000007, 1795168980000008, 1795168980000008, 18);
INSERT INTO public.prompt VALUES ('01a1f868-cc20-7718-b033-8bd2783d74be', '01a1f868-cc20-78a3-8291-7d0ceff461b5', 'p', 'p', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000001, 1795168980000001, NULL, 1);
INSERT INTO public.version VALUES ('01a1f866-0d00-7662-b988-055c263ee482', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-73cd-b046-1129e0b536f2', 1, 1, 0, 0, '', '"Be kind."', 'jinja', '[]', '{}', 'sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd', '', '{}', '[]', 'administrator', 1795168800000001, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f866-0d00-7a58-b67c-d3bf147e8ea3', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7589-a077-7da857c5d330', 1, 1, 0, 0, '', '[{"role":"system","content":"{% include ''shared/tone'' %}"},{"placeholder":"history"},{"role":"user","content":"{{ question }}"}]', 'jinja', '[{"name":"history","required":true},{"name":"question","required":true}]', '{}', 'sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663', '', '{}', '[]', 'administrator', 1795168800000003, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f866-0d00-72bd-a9fb-67413bffdb4c', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 1, 1, 0, 0, '', '"Hi {{ name }}, ça va? 👋"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21', '', '{}', '[]', 'administrator', 1795168800000005, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f866-f760-7f50-91a1-c6159b7fcb07', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 2, 1, 0, 1, '', '"Hello {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e', '', '{}', '[]', 'administrator', 1795168860000001, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f867-e1c0-70fe-91fb-a85898a0ca87', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 3, 1, 0, 2, '', '"Dear {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f', '', '{}', '[]', 'administrator', 1795168920000001, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f868-cc20-78ad-8ef7-f393167acc93', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f866-0d00-7d59-a368-ea724f12acc6', 4, 1, 0, 3, '', '"Good day {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:e581daadac4b1e56a44e50bb5ddb761b8b8d086a6fd2c421555a867084382da9', '', '{}', '[]', 'administrator', 1795168980000001, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f868-cc20-7e1c-a1e0-eee8432dd656', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f868-cc20-7ce0-b5d8-1f3cb74da551', 1, 1, 0, 0, '', '"one"', 'jinja', '[]', '{}', 'sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b', '', '{}', '[]', 'administrator', 1795168980000005, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f868-cc20-7067-830a-734cd43931b0', '01a1f866-0d00-7384-95a0-663a8c679294', '01a1f868-cc20-75ac-b788-74801d774cf3', 1, 1, 0, 0, '', '"one"', 'jinja', '[]', '{}', 'sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b', '', '{}', '[]', 'administrator', 1795168980000007, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f868-cc20-7a2c-9a71-8a855d74c609', '01a1f868-cc20-78a3-8291-7d0ceff461b5', '01a1f868-cc20-7718-b033-8bd2783d74be', 1, 1, 0, 0, '', '"of another project"', 'jinja', '[]', '{}', 'sha256:2560b6a3114aff866d4a22407b75a525cd92e88bacef07f5b485335a8bf3ca53', '', '{}', '[]', 'administrator', 1795168980000001, NULL, NULL);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.access_key
    ADD CONSTRAINT access_key_hash_key UNIQUE (hash);
ALTER TABLE ONLY public.access_key
    ADD CONSTRAINT access_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (project_id, n);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (project_id, revision, ordinal);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.environment
    ADD CONSTRAINT environment_pkey PRIMARY KEY (project_id, name);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (project_id, actor, route, name);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_pkey PRIMARY KEY (deployment_id);
ALTER TABLE ONLY public.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (id, project_id);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_name_key UNIQUE (name);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.prompt
    ADD CONSTRAINT prompt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_pkey PRIMARY KEY (id);
CREATE INDEX access_key_list ON public.access_key USING btree (project_id, created_at, id);
CREATE INDEX audit_prompt ON public.audit USING btree (prompt_id, n);
CREATE INDEX deployment_list ON public.deployment USING btree (project_id, created_at, id);
CREATE UNIQUE INDEX environment_one_production ON public.environment USING btree (project_id) WHERE production;
CREATE INDEX idempotency_age ON public.idempotency USING btree (created_at);
CREATE UNIQUE INDEX live_one ON public.live USING btree (prompt_id, environment) WHERE (until IS NULL);
CREATE INDEX live_project ON public.live USING btree (project_id) WHERE (until IS NULL);
CREATE INDEX live_time ON public.live USING btree (prompt_id, environment, since);
CREATE INDEX live_version ON public.live USING btree (version_id);
CREATE UNIQUE INDEX prompt_name ON public.prompt USING btree (project_id, name_folded);
CREATE INDEX version_content ON public.version USING btree (prompt_id, content_hash, sequence);
CREATE UNIQUE INDEX version_number ON public.version USING btree (prompt_id, major, minor, patch, pre);
CREATE UNIQUE INDEX version_sequence ON public.version USING btree (prompt_id, sequence);
ALTER TABLE ONLY public.access_key
    ADD CONSTRAINT access_key_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT change_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_from_version_id_fkey FOREIGN KEY (from_version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.environment
    ADD CONSTRAINT environment_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES public.deployment(id);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_project_id_environment_fkey FOREIGN KEY (project_id, environment) REFERENCES public.environment(project_id, name);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.prompt
    ADD CONSTRAINT prompt_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
